import { fileURLToPath } from 'node:url';
import type { Page } from '../encode/page.ts';
import type { ExportTarget } from '../target.ts';
import { openFile } from './file-output.ts';
import { StreamOutput } from './stream-output.ts';

/** Takes bytes in order: one `write` at a time, and the next only when the promise of the one before has been fulfilled. */
export interface Output {
  /** The page to fill next; the same one until it has been given to `write`. */
  page(): Page;
  /** Fulfilled once `bytes` are taken. They belong to the output from the call on. */
  write(bytes: Uint8Array): Promise<void>;
  /** After the last write; from then on the export is visible as a whole. */
  commit(): Promise<void>;
  /** Instead of `commit`, also after one that failed. Never rejects. */
  abort(): Promise<void>;
}

/** @throws TypeError for what is no target; a file system's error, with the path in its message. */
export async function openOutput(target: ExportTarget, signal?: AbortSignal, reuseChunks = false): Promise<Output> {
  if (target === '') throw new TypeError('target must be a path, a file URL or a writable stream, not an empty text');
  if (typeof target === 'string') return openFile(target);
  if (target instanceof URL) return openFile(fileURLToPath(target));
  // Not `instanceof Writable`: an HTTP response is none.
  if (typeof target?.write === 'function' && typeof target.on === 'function') return new StreamOutput(target, signal, reuseChunks);
  throw new TypeError(`target must be a path, a file URL or a writable stream, not ${target === null ? 'null' : typeof target}`);
}
