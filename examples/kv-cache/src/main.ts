import { parseArgs } from 'node:util';
import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { KvCache } from '@otel-perf/memory-pool';
import { formatReport, getMetricsCollector, PerformanceMetricReader } from '@otel-perf/metrics';
import { Decoder } from './decoder.ts';
import { randomFrom } from './random.ts';

const { values } = parseArgs({ options: { steps: { type: 'string', default: '3000' }, seed: { type: 'string', default: '1' } } });
const steps = Number(values.steps);

const reader = new PerformanceMetricReader();
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
const collector = getMetricsCollector();

// 8 MiB in blocks for 16 tokens each; a real model has keys and values of some 100 KiB a token, and as many GiB.
const cache = new KvCache({ blocks: 1024, blockTokens: 16, tokenBytes: 512 });
collector.observe({ name: 'kv_cache_token_usage', type: 'ratio', source: 'decoder' }, () => cache.stats().tokenUsage);

const decoder = new Decoder(cache, randomFrom(Number(values.seed)));
const stepTime = collector.series({ name: 'decoder_step_time', type: 'time', source: 'decoder' });
const batchSize = collector.series({ name: 'decoder_batch_size', source: 'decoder' });
let wasted = 0;
for (let step = 0; step < steps; step++) {
  const startedAt = performance.now();
  decoder.step();
  stepTime.record((performance.now() - startedAt) / 1e3);
  batchSize.record(decoder.running);
  const { wastedTokens, usedBlocks } = cache.stats();
  if (usedBlocks > 0) wasted += wastedTokens / (usedBlocks * cache.blockTokens);
  if (step % 500 === 0) await reader.collect();
}

const { finished, preempted, forked, tokens, damaged } = decoder;
console.log(`${steps} steps: ${finished} sequences finished, ${preempted} were preempted for want of blocks, ${forked} forked.`);
console.log(`${tokens} tokens were written, and those of finished sequences read back: ${damaged} damaged.`);
console.log(`Of the blocks in use, ${((100 * wasted) / steps).toFixed(1)} % held no token on average: the rest of each last block.\n`);
console.log(formatReport(await reader.report(), { width: process.stdout.columns ?? 140 }));

console.log(`\nMemory pool "${cache.pool.name}"`);
for (const { name, value, tags } of await reader.snapshot(({ source }) => source === 'memory_pool')) {
  const { reason } = tags;
  console.log(
    `  ${(reason === undefined ? name : `${name} (${String(reason)})`).padEnd(42)}${String(Math.round(value * 1e3) / 1e3).padStart(12)}`,
  );
}
await reader.shutdown();
