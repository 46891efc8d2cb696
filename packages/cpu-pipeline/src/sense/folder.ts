import { readdirSync, readFileSync } from 'node:fs';

/** Names in order; none where there is no such folder. */
export function namesIn(folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** The whole text without blanks around it; empty where it can't be read. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return '';
  }
}
