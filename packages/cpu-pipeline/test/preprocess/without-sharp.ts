// Run by without-sharp.test.ts in a process of its own, where the package "sharp" cannot be found.
import { registerHooks } from 'node:module';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { MemoryPool } from '@otel-perf/memory-pool';
import { Preprocessor } from '../../src/preprocess/preprocessor.ts';

/** What is printed, as JSON. */
export interface Seen {
  name: string;
  message: string;
  cause: unknown;
  raw: readonly number[];
  live: number;
}

registerHooks({
  resolve(specifier, context, next) {
    return next(specifier === 'sharp' ? 'sharp-that-is-not-installed' : specifier, context);
  },
});

const pool = new MemoryPool({ type: 'image_features', size: 2 ** 20, collector: new CentralizedMetricsCollector() });
const preprocessor = new Preprocessor({ pool, size: [2, 2] });
const image = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 } as const;
using raw = await preprocessor.image(image);
const error = await preprocessor.images([Buffer.from('anything'), image]).then(
  () => {
    throw new Error('did not fail');
  },
  (reason: Error & { cause?: { code?: unknown } }) => reason,
);
const seen: Seen = { name: error.name, message: error.message, cause: error.cause?.code, raw: raw.dims, live: pool.stats().blocks.current };
console.log(JSON.stringify(seen));
