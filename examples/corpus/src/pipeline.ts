import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { getMetricsCollector, MetricType } from '@otel-perf/metrics';
import { measureThroughput, timeBlock, timeFunction } from '@otel-perf/timing';

const SOURCE = 'corpus';
const compress = promisify(gzip);
/** Characters that are tokenised in one go: about a millisecond, so that the event loop stays free. */
const TOKENISED_AT_ONCE = 8192;
/** A text that mentions `<|endoftext|>` and the like is text: by default the tokeniser refuses it. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

export interface FileResult {
  readonly bytes: number;
  readonly sha256: string;
  readonly compressedBytes: number;
  /** Absent for a file that is not text. */
  readonly tokens?: number;
}

/** Takes one file through all stages. Every stage is timed by its decorator. */
export class CorpusPipeline {
  readonly #bytes = getMetricsCollector().series({ name: 'corpus_bytes', type: MetricType.COUNTER, source: SOURCE });
  readonly #ratio = getMetricsCollector().series({ name: 'corpus_compression_ratio', type: MetricType.RATIO, source: SOURCE });

  /** `undefined` for an empty file. @throws what reading the file throws. */
  async process(path: string): Promise<FileResult | undefined> {
    using _file = timeBlock('corpus_file');
    const content = await this.read(path);
    if (content.length === 0) return undefined;
    this.#bytes.record(content.length);
    const sha256 = this.hash(content);
    const compressedBytes = await this.compress(content);
    this.#ratio.record(compressedBytes / content.length);
    const text = textOf(content);
    return { bytes: content.length, sha256, compressedBytes, ...(text === undefined ? {} : { tokens: await this.tokenise(text) }) };
  }

  @timeFunction('corpus_read')
  read(path: string): Promise<Buffer> {
    return readFile(path);
  }

  @timeFunction('corpus_hash')
  hash(content: Buffer): string {
    return createHash('sha256').update(content).digest('hex');
  }

  @timeFunction('corpus_compress')
  async compress(content: Buffer): Promise<number> {
    return (await compress(content)).length;
  }

  @timeFunction('corpus_tokenise')
  async tokenise(text: string): Promise<number> {
    let tokens = 0;
    for (let from = 0; from < text.length; ) {
      const to = endOfPart(text, from);
      tokens += this.tokenisePart(text.slice(from, to));
      from = to;
      await nextTurn();
    }
    return tokens;
  }

  @measureThroughput('corpus_tokens', (_args: readonly unknown[], tokens: unknown) => tokens as number)
  tokenisePart(part: string): number {
    return countTokens(part, AS_TEXT);
  }
}

/** The text of a UTF-8 file; `undefined` for any other. */
function textOf(content: Buffer): string | undefined {
  if (content.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** Behind the last line break of the part, where there is one: no token goes across it. */
function endOfPart(text: string, from: number): number {
  const to = from + TOKENISED_AT_ONCE;
  if (to >= text.length) return text.length;
  const lineBreak = text.lastIndexOf('\n', to);
  return lineBreak > from ? lineBreak + 1 : to;
}
