import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import type { PrometheusOptions } from '@otel-perf/metrics';
import * as fc from 'fast-check';
import { Catalogue } from '../../src/memory/catalogue.ts';
import type { StreamDescriptor } from '../../src/model/stream.ts';
import { TextPages } from '../../src/text/pages.ts';
import { asOpenMetrics, withoutUnits } from './open-metrics.ts';
import { AGGREGATIONS, collapsed, descriptor, exported, gauge, histogram, Recording, textOf } from './recording.ts';

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\r', 'n', ',', '}', ' ', '\u2028', '\ud800', '😀', 'é'), maxLength: 8 }),
);

const SPECIAL = ['le', 'a.b', 'a-b', 'a_b', '1', '', '_x', '__name__', 'otel_scope_name', 'service.name'];
const key = fc.oneof(fc.constantFrom(...SPECIAL), text);
const attributeValue = fc.oneof(
  text,
  fc.constantFrom(1, '1', true, 'true', ''),
  fc.integer(),
  fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
);
const attributes: fc.Arbitrary<Attributes> = fc.oneof(
  fc.constantFrom<Attributes[]>({}, { a: 1 }, { a: '1' }, { 'a.b': 1 }, { 'a-b': 1 }),
  fc.dictionary(key, attributeValue, { maxKeys: 3 }).map((entries) => Object.fromEntries(Object.entries(entries))),
);

/** From digits to many, whole or not, so that widths change. */
const positive = fc.oneof(
  fc.nat(12),
  fc.nat(),
  fc.maxSafeNat(),
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  fc.double({ min: 0, max: 1e300, noNaN: true }),
  fc.constantFrom(0.1, 0.5, 1e21, 1e-7, 5e-324, 2 ** 31, 2 ** 32),
);
const any = fc.oneof(
  positive,
  positive.map((value) => -value),
  fc.constantFrom(-0, Infinity, -Infinity),
);

interface Instrument {
  readonly stream: StreamDescriptor;
  readonly value: fc.Arbitrary<number>;
}

const type = InstrumentType;
const kinds: readonly ((name: string, rest: Partial<StreamDescriptor>) => Instrument)[] = [
  (name, rest) => ({ stream: descriptor(name, rest), value: positive }),
  (name, rest) => ({ stream: descriptor(name, { type: type.UP_DOWN_COUNTER, ...rest }), value: positive.map((value) => 50 - value) }),
  (name, rest) => ({ stream: gauge(name, rest), value: any }),
  (name, rest) => ({ stream: histogram(name, rest), value: positive }),
  (name, rest) => ({ stream: histogram(name, { type: type.GAUGE, ...rest }), value: fc.integer({ min: -20, max: 20 }) }),
  (name, rest) => ({ stream: histogram(name, { aggregation: AGGREGATIONS.exponential, ...rest }), value: positive }),
  (name, rest) => ({
    stream: histogram(name, { aggregation: { kind: 'histogram', boundaries: [-5, 2.5, 1e6], recordMinMax: false }, ...rest }),
    value: positive,
  }),
  (name, rest) => ({
    stream: histogram(name, { aggregation: { kind: 'histogram', boundaries: [], recordMinMax: true }, ...rest }),
    value: positive,
  }),
];

/** `keepApart`: so that no two come to the same name in either format. */
const instruments = (keepApart: boolean): fc.Arbitrary<Instrument[]> =>
  fc
    .array(
      fc.record({
        name: fc.oneof(text, fc.constantFrom('x', 'x_total', 'X', 'x.count', 'x_sum', 'target_info', 'total')),
        kind: fc.nat(kinds.length - 1),
        unit: fc.oneof(fc.constantFrom('', 's', 'By', '1', '{x}', 'By/s'), text),
        description: text,
        scope: fc.constantFrom({ name: '' }, { name: 'a' }, { name: 'a', version: '1' }, { name: 'b"', schemaUrl: 'http://\n' }),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((all) => all.map(({ name, kind, ...rest }, i) => kinds[kind]!(keepApart ? `i${i}.${name}z` : name, rest)));

/** Rounds of recordings, with a scrape after each. */
const rounds = (all: readonly Instrument[]) =>
  fc.array(
    fc.array(
      fc.nat(all.length - 1).chain((i) => fc.tuple(fc.constant(all[i]!.stream), all[i]!.value, attributes, fc.integer({ min: 1, max: 3 }))),
      { maxLength: 8 },
    ),
    { minLength: 1, maxLength: 6 },
  );

const options: fc.Arbitrary<PrometheusOptions> = fc.record(
  {
    naming: fc.constantFrom('specification', 'official'),
    prefix: fc.constantFrom('', 'app', 'a:b_'),
    withResourceConstantLabels: fc.constantFrom(/./, /^$/),
    withoutTargetInfo: fc.boolean(),
    withoutScopeInfo: fc.boolean(),
  },
  { requiredKeys: [] },
);

const resource = fc.constantFrom<Attributes[]>({}, { 'service.name': 'shop"\n' }, { a: 'r', le: 'r', x: 1 });

describe.each(['text', 'openmetrics'] as const)('format: %s', (format) => {
  test('is what the export of @otel-perf/metrics writes, at the first scrape and at later ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        instruments(format === 'openmetrics').chain((all) => fc.tuple(rounds(all), options, resource, fc.constantFrom(1, 2, 256))),
        async ([scrapes, prometheus, attributesOfResource, seriesPerPage]) => {
          const recording = new Recording();
          const settings = { ...prometheus, format, seriesPerPage, resource: { attributes: attributesOfResource } };
          const pages = new TextPages(new Catalogue(recording.arena), settings);
          const expected = exported(recording, prometheus, attributesOfResource);
          for (const recorded of scrapes) {
            for (const [stream, value, own, thread] of recorded) recording.record(stream, value, own, thread);
            const actual = textOf(pages.chunks());
            if (format === 'text') expect(collapsed(actual)).toEqual(collapsed(await expected()));
            else expect(withoutUnits(actual)).toEqual(asOpenMetrics(await expected()));
          }
        },
      ),
      { numRuns: 300 },
    );
  }, 120_000);
});
