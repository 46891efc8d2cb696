import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exportEventsToJson, exportMetricsToJson } from '../../src/export/json.ts';
import { hostileEvent } from './hostile.ts';
import { Collecting, Recording } from './recorded.ts';

const KEYS = ['name', 'value', 'metric_type', 'timestamp', 'source', 'tags'];

test('whatever was recorded reads back from the JSON exactly, lone surrogates and -0 included', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileEvent, { maxLength: 20 }), fc.boolean(), async (recorded, newlineDelimited) => {
      const { collector, clock, events } = new Recording();
      for (const { name, value, source, tags, after } of recorded) {
        collector.recordMetric(name, value, 'custom', source, tags);
        clock.advance(after);
      }
      const target = new Collecting();
      const result = await exportEventsToJson(events, target, { newlineDelimited });

      const read = newlineDelimited
        ? target.text
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line))
        : JSON.parse(target.text);
      expect(result).toEqual({ written: recorded.length, overwritten: 0 });
      expect(read).toHaveLength(recorded.length);
      for (const [i, metric] of collector.getMetrics().entries()) {
        const { type, ...rest } = metric;
        expect(Object.keys(read[i])).toEqual(KEYS);
        expect(read[i]).toEqual({ ...rest, metric_type: type });
        expect(Object.entries(read[i].tags)).toEqual(Object.entries(metric.tags));
        expect(read[i].value).toBe(metric.value);
      }

      const points = new Collecting();
      await exportMetricsToJson(collector.getMetrics(), points);
      const zero = ({ value, ...rest }: { value: number }) => ({ ...rest, value: value + 0 });
      expect(JSON.parse(points.text)).toEqual(
        collector.getMetrics().map(({ type, ...rest }) => zero({ ...rest, metric_type: type } as never)),
      );
    }),
    { numRuns: 200 },
  );
});
