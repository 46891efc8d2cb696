import { metrics, type Meter, type MeterProvider } from '@opentelemetry/api';

/** An instrument that was made while its copy of the API knew of no MeterProvider: it never records. */
export interface DeadInstrument {
  /** Name of its meter. */
  readonly scope: string;
  readonly name: string;
  /** Folder of that copy of the API; `undefined` for the one that is imported here. */
  readonly folder: string | undefined;
}

const MOST = 1000;
const dead = new Map<string, DeadInstrument>();
const watched = new WeakSet<MeterProvider>();

const MAKERS = [
  'createGauge',
  'createHistogram',
  'createCounter',
  'createUpDownCounter',
  'createObservableGauge',
  'createObservableCounter',
  'createObservableUpDownCounter',
] as const;

/**
 * From now on notes the instruments that are made through this copy of the API while it knows of no MeterProvider. Is out of the way once
 * one is set. Those of otel-perf itself and of instrumentations are left out: they are made again when there is one.
 */
export function watchStandIn(api: typeof metrics = metrics, folder?: string): void {
  const standIn = api.getMeterProvider();
  if (standIn.constructor.name !== 'NoopMeterProvider' || watched.has(standIn)) return;
  watched.add(standIn);
  const meters = new Map<string, Meter>();
  const getMeter = standIn.getMeter.bind(standIn);
  standIn.getMeter = (scope, ...rest) => {
    const meter = meters.get(scope) ?? getMeter(scope, ...rest);
    if (meters.has(scope) || meters.size === MOST || String(scope).startsWith('@otel-perf/')) return meter;
    const noting = notingMeter(meter, (name) => note({ scope, name, folder }));
    meters.set(scope, noting);
    return noting;
  };
}

export function deadInstruments(): readonly DeadInstrument[] {
  return [...dead.values()];
}

function note(instrument: DeadInstrument): void {
  const { scope, name, folder } = instrument;
  const key = `${folder}\0${scope}\0${name}`;
  // Who makes one for every request pays for one stack.
  if (dead.size < MOST && !dead.has(key) && !isMadeAgain()) dead.set(key, instrument);
}

/** Instrumentations make their instruments in this method, which is called again with the provider. */
function isMadeAgain(): boolean {
  return String(new Error('for its stack').stack).includes('_updateMetricInstruments');
}

function notingMeter(meter: Meter, made: (name: string) => void): Meter {
  const noting = Object.create(meter) as Record<(typeof MAKERS)[number], (name: string, options?: object) => unknown>;
  for (const maker of MAKERS) {
    noting[maker] = (name, options) => {
      made(name);
      return meter[maker](name, options);
    };
  }
  return noting as unknown as Meter;
}
