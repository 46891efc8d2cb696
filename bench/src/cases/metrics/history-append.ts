import { collectorWithoutOtel, hundredSeries } from '../../fixtures/events.ts';
import { durations, expectEqual, MASK } from '../../fixtures/values.ts';
import { atMost, difference, type Case, type Timed } from '../../harness/case.ts';

const SIZE = 100_000;

/** What a record costs more for the history, the time being given: no clock is read, no window kept, and OpenTelemetry is a no-op. */
export default {
  goal: atMost(10),
  figure: difference('with history', 'without'),
  contenders: { 'with history': () => records(SIZE), without: () => records(0) },
} satisfies Case;

function records(historySize: number): Timed {
  const collector = collectorWithoutOtel({ windowSize: 0, historySize });
  const series = hundredSeries(collector);
  const values = durations();
  const start = performance.now();
  let done = 0;
  return {
    run(times) {
      for (let i = 0; i < times; i++) series[i % 100]!.record(values[i & MASK]!, start + (done + i) * 1e-5);
      done += times;
    },
    check(times) {
      expectEqual(collector.getLosses().evicted, Math.max(0, times - SIZE) * Math.sign(historySize), 'events that left');
      expectEqual(collector.getMetrics().length, Math.min(times, historySize), 'events kept');
      expectEqual(Object.keys(collector.getLosses().dropped).length, 0, 'kinds of drops');
    },
  };
}
