import type { Picture } from '../model/picture.ts';
import type { Content, ContentReader } from './content-reader.ts';
import { readerFor } from './format.ts';
import { reasonOf, sourceOf, type Opened, type Source } from './source.ts';
import { UnreadableError } from './unreadable-error.ts';

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Of the request to a URL. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Characters that are enough to tell the format. */
const ENOUGH = 512;

/**
 * Reads a file (a path or a `file:` URL), or what an `http:` or `https:` URL answers, as the figures of its series. What it is, its content
 * decides: otel-perf's JSON, NDJSON or CSV (events, or a reader's data points), Prometheus' text format 0.0.4 or OpenMetrics, any of
 * them gzipped.
 *
 * - Of events every figure is exact, by the definitions of the windows in the process: percentiles interpolate between the closest ranks,
 *   the standard deviation is that of the population. The text goes by piece by piece; what stays is 16 bytes an event.
 * - Of histograms percentiles are interpolated within a bucket, as Prometheus' `histogram_quantile` does.
 * - A line that is not as it should be is left out, and told in `problems`.
 * - Credentials in a URL become basic authentication and are shown nowhere; neither is the query. An answer may take 10 s and 512 MiB.
 *
 * @throws (rejects with) UnreadableError where nothing can be read, or more than 50 million events are in it; the signal's reason.
 */
export async function readPicture(where: string, options: ReadOptions = {}): Promise<Picture> {
  const { signal, headers = {} } = options;
  const source = sourceFor(where);
  try {
    signal?.throwIfAborted();
    const opened = await source.open(signal, headers);
    const { series, newest, problems } = await contentOf(opened);
    return { from: source.shown, takenAt: Number.isNaN(newest) ? opened.answeredAt : newest, series, problems };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw new UnreadableError(source.shown, reasonOf(error), { cause: error });
  }
}

function sourceFor(where: string): Source {
  try {
    return sourceOf(where);
  } catch (error) {
    // The URL itself may hold a password.
    throw new UnreadableError('the URL', reasonOf(error));
  }
}

async function contentOf({ bytes, contentType }: Opened): Promise<Content> {
  const decoder = new TextDecoder();
  let start = '';
  let reader: ContentReader | undefined;
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    if (reader === undefined) {
      start += text;
      if (start.trimStart().length < ENOUGH) continue;
      reader = readerFor(start, contentType);
      await reader.take(start);
    } else await reader.take(text);
  }
  const rest = decoder.decode();
  if (reader === undefined) {
    reader = readerFor(start + rest, contentType);
    await reader.take(start + rest);
  } else await reader.take(rest);
  return reader.end();
}
