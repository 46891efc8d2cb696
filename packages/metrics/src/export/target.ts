import type { Writable } from 'node:stream';

/**
 * Where an export goes.
 *
 * - A path or a `file:` URL: written to a temporary file (`.otel-perf-….tmp`) in the same directory, synced to the disk and renamed once
 *   complete, so that nobody ever sees half an export; an existing file keeps its permission bits, and a symbolic link goes on pointing
 *   where it did. When the export fails, the temporary file is removed and an existing file is untouched. A pipe or a device (`/dev/stdout`)
 *   is written to as it is. The directory must exist.
 * - A stream: written with backpressure, each chunk only after the one before was taken, and NOT ended: that is up to its owner, who may
 *   write something before and after. It must be a stream of bytes, not of objects. A chunk is never changed once it was written, unless
 *   `reuseChunks` is set.
 */
export type ExportTarget = string | URL | Writable;

export interface ExportOptions {
  /** Ends the export before it is complete: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Of exports that may be large: JSON and CSV. */
export interface RowExportOptions extends ExportOptions {
  /**
   * For a stream that is done with a chunk when it calls back, as sockets and files are: the export then writes from two buffers in turn.
   * Default false, for streams that keep chunks (a PassThrough, or one that collects them): each is in memory of its own, and what the
   * stream has let go of can add up to some 60 MB before the garbage collector comes by. An export to a file takes 1 MB in any case.
   */
  reuseChunks?: boolean;
}

/** What has been written, counted once the export is complete. */
export interface ExportResult {
  /** Events or data points in the output. */
  readonly written: number;
  /**
   * Events that were in the history when the export began and had left it (overwritten by newer ones, too old, or cleared) before their
   * turn came, whether or not the filter would have kept them. More than 0 means that the history is short for the rate of recording.
   */
  readonly overwritten: number;
}
