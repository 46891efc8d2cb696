import { setImmediate } from 'node:timers/promises';
import type { Page } from '../encode/page.ts';
import type { ExportTarget, RowExportOptions } from '../target.ts';
import { openOutput, type Output } from './output.ts';

/** Rows as bytes, made when they are asked for. */
export interface RowSource {
  /** Rows in the output so far. */
  readonly written: number;
  /**
   * The next rows, in `page` from its start, or in bytes of their own where one row is larger than a page. Takes well below a
   * millisecond, and is empty where that was not enough to find a row. `undefined` at the end.
   */
  next(page: Page): Uint8Array | undefined;
  /** After the last call of `next`, whatever came of it. */
  close?(): void;
}

/** What stands around the rows. */
export interface Frame {
  readonly head: string;
  /** Takes the place of the first byte of the first row. */
  readonly opener?: number;
  foot(rows: number): string;
}

const MAX_BLOCK_MILLIS = 1;

/** Writes everything or, when it rejects, nothing that others can see, as far as `target` is a file. */
export async function writeRows(rows: RowSource, frame: Frame, target: ExportTarget, options: RowExportOptions): Promise<void> {
  const { signal, reuseChunks } = options;
  let output: Output | undefined;
  try {
    signal?.throwIfAborted();
    output = await openOutput(target, signal, reuseChunks);
    await write(output, Buffer.from(frame.head));
    await writeAll(rows, frame.opener, output, signal);
    await write(output, Buffer.from(frame.foot(rows.written)));
    await output.commit();
  } catch (error) {
    await output?.abort();
    throw error;
  } finally {
    rows.close?.();
  }
}

/** The next page is filled while the one before is being written. */
async function writeAll(rows: RowSource, opener: number | undefined, output: Output, signal: AbortSignal | undefined): Promise<void> {
  let writing: Promise<void> | undefined;
  let turnedAt = performance.now();
  for (;;) {
    const before = rows.written;
    const bytes = rows.next(output.page());
    if (bytes === undefined) break;
    if (before === 0 && rows.written > 0 && opener !== undefined) bytes[0] = opener;
    await writing;
    signal?.throwIfAborted();
    writing = write(output, bytes);
    // It is awaited in the next round; this is for the case that making the next rows throws.
    writing.catch(() => {});
    // Promises alone would starve the timers and sockets of the process where the stream takes everything at once.
    if (performance.now() - turnedAt > MAX_BLOCK_MILLIS) {
      await setImmediate();
      turnedAt = performance.now();
    }
  }
  await writing;
}

async function write(output: Output, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0) await output.write(bytes);
}
