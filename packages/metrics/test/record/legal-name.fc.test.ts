import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MetricType } from '../../src/model/metric-type.ts';
import { Instruments } from '../../src/record/instruments.ts';
import { distinctLegalName, legalName } from '../../src/record/legal-name.ts';
import { meterProvider } from './otel.ts';

/** The syntax of instrument names in the OpenTelemetry specification. */
const LEGAL = /^[A-Za-z][A-Za-z0-9_.\-/]{0,254}$/;
const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ maxLength: 400, minLength: 240 }),
  fc.constantFrom('a', 'A', 'a b', 'a_b', 'a-b', '1', ''),
);

test('a legal name is legal, and the name itself wherever that is legal', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      expect(legalName(name)).toMatch(LEGAL);
      expect(distinctLegalName(name)).toMatch(LEGAL);
      expect(distinctLegalName(name)).not.toBe(legalName(name));
      if (LEGAL.test(name)) expect(legalName(name)).toBe(name);
    }),
  );
});

function instrumentNames(metrics: readonly { name: string; type: MetricType }[]): string[] {
  const { provider } = meterProvider();
  const made: string[] = [];
  const meter = provider.getMeter('s');
  const note = (name: string) => {
    made.push(name);
    return { record: () => {}, add: () => {} };
  };
  const spying = Object.assign(Object.create(meter), { createHistogram: note, createGauge: note, createCounter: note });
  const spyingProvider = { getMeter: () => spying };
  const instruments = new Instruments(spyingProvider, [1], () => {});
  for (const metric of metrics) instruments.sink(spyingProvider, { ...metric, source: 's' });
  return made;
}

test('metrics of one source never share an instrument', () => {
  const confusable = fc.oneof(anyName, fc.string({ unit: fc.constantFrom('a', 'A', ' ', '_', 'é'), maxLength: 3 }));
  const metrics = fc.uniqueArray(fc.record({ name: confusable, type: fc.constantFrom(...Object.values(MetricType)) }), {
    selector: ({ name, type }) => `${type}:${name}`,
    maxLength: 40,
  });
  fc.assert(
    fc.property(metrics, (all) => {
      const names = instrumentNames(all);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(all.length);
      for (const name of names) expect(name).toMatch(LEGAL);
    }),
  );
});

test('not even when the hashes of their names are equal', () => {
  const byHash = new Map<string, string>();
  let pair: string[] | undefined;
  for (let i = 0; pair === undefined && i < 1e6; i++) {
    const name = String.fromCharCode(...[i * 7919, i % 1000, i * 104_729, i / 1000].map((n) => 0x4e00 + (Math.floor(n) % 19_997)));
    const distinct = distinctLegalName(`${name}\0custom`);
    const other = byHash.get(distinct);
    if (other !== undefined) pair = [other, name];
    byHash.set(distinct, name);
  }
  expect(pair!.map(legalName)).toEqual([legalName('????'), legalName('????')]);
  const names = instrumentNames(['????', ...pair!].map((name) => ({ name, type: MetricType.CUSTOM })));
  expect(new Set(names).size).toBe(3);
});

test('nor with one whose own name is the name that another was given', () => {
  const taken = distinctLegalName('a_b\0custom');
  const names = instrumentNames([taken, 'a b', 'a_b'].map((name) => ({ name, type: MetricType.CUSTOM })));
  expect(new Set(names).size).toBe(3);
});
