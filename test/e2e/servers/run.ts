import { spawnSync } from 'node:child_process';
import { commandOf, type ServerName } from '../../../scripts/servers.mjs';

export interface Outcome {
  readonly status: number | null;
  /** Of both outputs. */
  readonly output: string;
}

/** Runs a command of a server to its end: `promtool check config …`, `otelcol validate …`. */
export function run(server: ServerName, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Outcome {
  const { status, stdout, stderr, error } = spawnSync(commandOf(server), args, { encoding: 'utf8', env });
  if (error !== undefined) throw error;
  return { status, output: stdout + stderr };
}
