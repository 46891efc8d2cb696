import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { timeFunction } from '@otel-perf/timing';
import { recorded, startSdk } from '../../fixtures/sdk.ts';
import { BARE, timeHistogram } from '../../fixtures/timed-calls.ts';
import { durations, expectEqual, keep, MASK } from '../../fixtures/values.ts';
import { atMost, ratio, type Case, type Timed } from '../../harness/case.ts';

type AsyncTarget = (value: number) => Promise<number>;

const settled = Promise.resolve(1);

/** Called in turn. */
const TARGETS: readonly AsyncTarget[] = [
  async (value) => value,
  async (value) => {
    await settled;
    return value;
  },
  async (value) => {
    await settled;
    await settled;
    return value;
  },
  (value) => Promise.resolve(value),
];

export default {
  goal: atMost(1.1),
  figure: ratio('timeFunction', 'by hand'),
  contenders: { timeFunction: byUs, 'by hand': byHand },
} satisfies Case;

function byUs(): Timed {
  const sdk = startSdk();
  const collector = new CentralizedMetricsCollector({ meterProvider: sdk.provider, ...BARE });
  const timed = TARGETS.map((target) => timeFunction('target', { collector })(target));
  return awaited(timed, async (times) => expectEqual(await recorded(sdk, 'target_time'), times, 'recorded calls'));
}

function byHand(): Timed {
  const sdk = startSdk();
  const histogram = timeHistogram(sdk);
  const timed = TARGETS.map(
    (target): AsyncTarget =>
      async (value) => {
        const start = performance.now();
        try {
          return await target(value);
        } finally {
          histogram.record((performance.now() - start) / 1000);
        }
      },
  );
  return awaited(timed, async (times) => expectEqual(await recorded(sdk, 'target_time'), times, 'recorded calls'));
}

function awaited(calls: readonly AsyncTarget[], check: Timed['check']): Timed {
  const values = durations();
  const run = async (times: number): Promise<void> => {
    let sum = 0;
    for (let i = 0; i < times; i++) sum += await calls[i & 3]!(values[i & MASK]!);
    keep(sum);
  };
  return { run, check };
}
