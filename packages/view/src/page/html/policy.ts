import { createHash } from 'node:crypto';
import type { Assets } from './assets.ts';

/**
 * The content security policy of a page: it runs and looks like what it was built with, asks nobody for anything (but its own origin, where
 * it is live), and no script in it can make markup of text.
 */
export function contentSecurityPolicy({ scripts, style }: Assets, live: boolean): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(' ')}`,
    `style-src ${hash(style)}`,
    ...(live ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
