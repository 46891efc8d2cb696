import type { Attributes, Meter, MetricOptions, Observable } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import { AggregationType, InstrumentType, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { canonicalKey } from '../../src/attributes/canonical.ts';
import { TestReader, type CreateProvider, type Provider } from './providers.ts';
import type { InstrumentSpec, ReaderSpec, Scenario } from './scenario.ts';

/** Writes to an instrument, or has its callback say so. */
interface Used {
  record(value: number, attributes: Attributes): void;
  forget(attributes: Attributes): void;
}

/** What callbacks say: of alike instruments the same. */
type Said = Map<string, Map<string, { attributes: Attributes; value: number }>>;

/** What each collection of a scenario brought. `mutates`: attributes that are used again are one object, which changes between calls. */
export async function run(scenario: Scenario, create: CreateProvider, mutates: boolean): Promise<[reader: number, ResourceMetrics][]> {
  const readers = scenario.readers.map(readerOf);
  const provider = create({ readers, views: [...scenario.views], resource: emptyResource() });
  const said: Said = new Map();
  const used = scenario.instruments.map((spec) => use(provider, spec, said));
  const collected: [number, ResourceMetrics][] = [];
  const shared: Attributes = {};
  const collect = async (reader: number) => collected.push([reader, (await readers[reader]!.read()).resourceMetrics]);
  for (const step of scenario.steps) {
    if (step.kind === 'collect') await collect(step.reader % readers.length);
    else if (step.kind === 'forget') used[step.instrument % used.length]!.forget(step.attributes);
    else {
      let { attributes } = step;
      if (step.reuses && mutates) {
        for (const key of Object.keys(shared)) delete shared[key];
        for (const [key, value] of Object.entries(attributes)) Object.defineProperty(shared, key, { value, ...PLAIN });
        attributes = shared;
      }
      used[step.instrument % used.length]!.record(step.value, attributes);
    }
  }
  for (const reader of readers.keys()) await collect(reader);
  await provider.shutdown();
  return collected;
}

const PLAIN = { enumerable: true, configurable: true, writable: true };

function readerOf({ temporality, aggregation }: ReaderSpec): TestReader {
  return new TestReader({
    aggregationTemporalitySelector: () => temporality,
    // Observables that are aggregated as histograms are another matter.
    aggregationSelector: (type) => (type.startsWith('OBSERVABLE_') ? { type: AggregationType.DEFAULT } : aggregation),
  });
}

function use(provider: Provider, spec: InstrumentSpec, said: Said): Used {
  const meter = provider.getMeter(spec.meter);
  const { unit, description, valueType, boundaries } = spec;
  const advice = boundaries === undefined ? {} : { advice: { explicitBucketBoundaries: boundaries } };
  const options: MetricOptions = { unit, description, valueType, ...advice };
  const instrument = createInstrument(meter, spec, options);
  if (typeof instrument === 'function') return { record: instrument, forget: () => undefined };
  const key = JSON.stringify([spec.meter, spec.name, spec.type, unit, valueType]);
  const values = said.get(key) ?? new Map<string, { attributes: Attributes; value: number }>();
  said.set(key, values);
  instrument.addCallback((result) => {
    for (const { attributes, value } of values.values()) result.observe(value, attributes);
  });
  return {
    record(value, attributes) {
      const own = { ...attributes };
      const before = values.get(canonicalKey(own))?.value ?? 0;
      // One that falls begins anew, which the SDK's other readers do not hear of.
      values.set(canonicalKey(own), {
        attributes: own,
        value: spec.type === InstrumentType.OBSERVABLE_COUNTER ? before + Math.abs(value) : value,
      });
    },
    // One that is forgotten goes on from 0.
    forget: (attributes) => spec.type !== InstrumentType.OBSERVABLE_COUNTER && values.delete(canonicalKey(attributes)),
  };
}

/** What records to it, or the instrument where its callbacks do. */
function createInstrument(
  meter: Meter,
  { type, name }: InstrumentSpec,
  options: MetricOptions,
): ((value: number, attributes: Attributes) => void) | Observable {
  switch (type) {
    case InstrumentType.COUNTER: {
      const counter = meter.createCounter(name, options);
      return (value, attributes) => counter.add(value, attributes);
    }
    case InstrumentType.UP_DOWN_COUNTER: {
      const counter = meter.createUpDownCounter(name, options);
      return (value, attributes) => counter.add(value, attributes);
    }
    case InstrumentType.HISTOGRAM: {
      const histogram = meter.createHistogram(name, options);
      return (value, attributes) => histogram.record(value, attributes);
    }
    case InstrumentType.GAUGE: {
      const gauge = meter.createGauge(name, options);
      return (value, attributes) => gauge.record(value, attributes);
    }
    case InstrumentType.OBSERVABLE_COUNTER:
      return meter.createObservableCounter(name, options);
    case InstrumentType.OBSERVABLE_UP_DOWN_COUNTER:
      return meter.createObservableUpDownCounter(name, options);
    case InstrumentType.OBSERVABLE_GAUGE:
      return meter.createObservableGauge(name, options);
  }
}
