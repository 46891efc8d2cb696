import type { Picture } from '../model/picture.ts';
import { PrometheusReader } from './prometheus/reader.ts';

/**
 * Reads Prometheus' text format 0.0.4, in UTF-8, as it comes: as `readPicture` reads what an endpoint answers, for who has the text already.
 * A line that is not as it should be is left out, and told in `problems`.
 *
 * @throws (rejects with) what `chunks` throws, and Error where nothing in the text can be read.
 */
export async function pictureOfText(
  chunks: AsyncIterable<Uint8Array>,
  { from, takenAt }: Pick<Picture, 'from' | 'takenAt'>,
): Promise<Picture> {
  const reader = new PrometheusReader(false);
  const decoder = new TextDecoder();
  for await (const chunk of chunks) reader.take(decoder.decode(chunk, { stream: true }));
  reader.take(decoder.decode());
  const { series, problems } = reader.end();
  return { from, takenAt, series, problems };
}
