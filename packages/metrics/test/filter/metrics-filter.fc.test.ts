import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeSeries } from '../../src/filter/event-filter.ts';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import { MetricType } from '../../src/model/metric-type.ts';
import type { Metric } from '../../src/model/metric.ts';

const name = fc.constantFrom('a', 'ab', 'b', 'ba');
const metric: fc.Arbitrary<Metric> = fc.record({
  name,
  value: fc.integer({ min: 0, max: 9 }),
  type: fc.constantFrom(...Object.values(MetricType)),
  timestamp: fc.integer({ min: 0, max: 9 }),
  source: name,
  tags: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom<string | number | boolean>('a', 1, true), { maxKeys: 2 }),
});

type Extend = (filter: MetricsFilter) => MetricsFilter;

const criterion: fc.Arbitrary<Extend> = fc.oneof(
  fc.constantFrom('a', 'a*', '?', '[!a]*').map((pattern) => (filter: MetricsFilter) => filter.addNameFilter(pattern)),
  fc.constantFrom('a', '*b').map((pattern) => (filter: MetricsFilter) => filter.addSourceFilter(pattern)),
  fc.constantFrom(...Object.values(MetricType)).map((type) => (filter: MetricsFilter) => filter.addTypeFilter(type)),
  fc.constantFrom<string | number | boolean>('*', 'a', 1, true).map((value) => (filter: MetricsFilter) => filter.addTagFilter('x', value)),
  fc.tuple(fc.nat(9), fc.nat(9)).map(
    ([from, more]) =>
      (filter: MetricsFilter) =>
        filter.addTimeRangeFilter(from, from + more),
  ),
  fc.nat(9).map((most) => (filter: MetricsFilter) => filter.addPredicate(({ value }) => value <= most)),
);
const { filter } = fc.letrec<{ filter: MetricsFilter; step: Extend }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 2 },
    criterion,
    fc.array(tie('filter'), { maxLength: 2 }).map(
      (parts): Extend =>
        (made) =>
          made.addAny(...parts),
    ),
    tie('filter').map(
      (part): Extend =>
        (made) =>
          made.addNot(part),
    ),
  ),
  filter: fc.array(tie('step'), { maxLength: 3 }).map((all) => all.reduce((made, step) => step(made), new MetricsFilter())),
}));
const metrics = fc.array(metric, { minLength: 1, maxLength: 20 });

test('not keeps exactly what its filter does not', () => {
  fc.assert(
    fc.property(filter, metrics, (part, all) => {
      const kept = new Set(part.apply(all));
      expect(new MetricsFilter().addNot(part).apply(all)).toEqual(all.filter((each) => !kept.has(each)));
      expect(new MetricsFilter().addNot(new MetricsFilter().addNot(part)).apply(all)).toEqual([...kept]);
    }),
  );
});

test('any keeps what at least one keeps, and not-any is the nots of all (De Morgan)', () => {
  fc.assert(
    fc.property(fc.array(filter, { maxLength: 3 }), metrics, (parts, all) => {
      expect(new MetricsFilter().addAny(...parts).apply(all)).toEqual(all.filter((each) => parts.some((part) => part.matches(each))));
      const notAny = new MetricsFilter().addNot(new MetricsFilter().addAny(...parts));
      const nots = parts.reduce((made, part) => made.addNot(part), new MetricsFilter());
      expect(notAny.apply(all)).toEqual(nots.apply(all));
    }),
  );
});

test('what is said of a series holds for each of its events', () => {
  fc.assert(
    fc.property(filter, metrics, (selector, all) => {
      for (const each of all) {
        const verdict = judgeSeries(selector, each);
        if (verdict !== 'each') expect(selector.matches(each)).toBe(verdict === 'all');
      }
    }),
  );
});
