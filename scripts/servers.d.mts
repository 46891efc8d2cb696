export type ServerName = 'chromium' | 'collector' | 'prometheus' | 'promtool';

export const areRequired: boolean;

export function commandOf(server: ServerName): string;

export function missingServers(needed?: readonly ServerName[]): { name: ServerName; howToGet: string }[];
