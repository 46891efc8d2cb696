import { collectorWithoutOtel, hundredSeries, MILLION } from '../../fixtures/events.ts';
import { collectGarbage } from '../../fixtures/memory.ts';
import { durations, expectEqual, keep, MASK } from '../../fixtures/values.ts';
import { atMost, quantity, type Case, type Sized } from '../../harness/case.ts';

export default {
  goal: atMost(20),
  figure: quantity('columns of a full history', 'B/event'),
  contenders: { 'columns of a full history': columns },
  rounds: 3,
} satisfies Case;

/** The columns alone. What V8 keeps of each of them on its heap is checked to be small change. */
function columns(): Sized {
  return {
    measure() {
      const values = durations();
      const collector = collectorWithoutOtel({ windowSize: 0, historySize: MILLION });
      const series = hundredSeries(collector);
      collectGarbage();
      const before = process.memoryUsage();
      const at = performance.now();
      for (let i = 0; i < MILLION; i++) series[i % 100]!.record(values[i & MASK]!, at + i * 1e-5);
      collectGarbage();
      const after = process.memoryUsage();
      keep(values);
      expectEqual(collector.getLosses().evicted, 0, 'events that left');
      const heap = (after.heapUsed - before.heapUsed) / MILLION;
      if (heap > 0.5) throw new Error(`${heap} bytes an event on the heap, beside the columns`);
      return (after.arrayBuffers - before.arrayBuffers) / MILLION;
    },
  };
}
