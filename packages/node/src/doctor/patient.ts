import { getMetricsCollector, getReaders, type CentralizedMetricsCollector, type PerformanceMetricReader } from '@otel-perf/metrics';
import type { Problem } from '../problems.ts';
import { whatRuns } from '../running.ts';
import type { OtelPerf } from '../start.ts';
import { apiGlobals } from '../wire/globals.ts';
import { examine, type ExaminedReader } from './examined-reader.ts';

/** What is looked at. */
export interface Patient {
  /** The one of the process first, then those of readers that have another. */
  readonly collectors: readonly CentralizedMetricsCollector[];
  readonly readers: readonly ExaminedReader[];
  /** By `startOtelPerf` or `--import`. */
  readonly started: OtelPerf | undefined;
  /** What the start and readers could not do. */
  readonly reported: readonly Problem[];
  readonly provider: GlobalProvider | undefined;
}

/** The global MeterProvider. */
export interface GlobalProvider {
  readonly isShutDown: boolean;
  /** How many readers it has; `undefined` where it is none of OpenTelemetry's own, which alone can be asked. */
  readonly readers: number | undefined;
  /** Whether readers that are none of ours may read it. */
  readonly hasOthers: boolean;
}

/** Collects from every reader, one after the other. Never rejects. */
export async function examineProcess(): Promise<Patient> {
  const { started: starting, problems } = whatRuns();
  const started = await starting?.catch(() => undefined);
  const readers: ExaminedReader[] = [];
  // At the same time, one reader's collection could not be told from another's.
  // oxlint-disable-next-line no-await-in-loop
  for (const reader of readersToExamine(started)) readers.push(await examine(reader, started));
  const collectors = new Set([getMetricsCollector(), ...readers.map(({ reader }) => reader.collector)]);
  return { collectors: [...collectors], readers, started, reported: problems, provider: globalProvider(readers) };
}

/** What a start's own reader did is known even after its end. */
function readersToExamine(started: OtelPerf | undefined): Set<PerformanceMetricReader> {
  return new Set([...getReaders(), ...(started === undefined ? [] : [started.reader])]);
}

/** What the SDK says nowhere else. */
interface SdkProvider {
  readonly _shutdown?: boolean;
  readonly _sharedState?: { readonly metricCollectors?: readonly { readonly _metricReader?: unknown }[] };
}

function globalProvider(ours: readonly ExaminedReader[]): GlobalProvider | undefined {
  const provider = apiGlobals()?.metrics as SdkProvider | undefined;
  if (provider === undefined) return undefined;
  const all = provider._sharedState?.metricCollectors;
  const known = new Set<unknown>(ours.map(({ reader }) => reader));
  const hasOthers = all?.some(({ _metricReader }) => !known.has(_metricReader)) ?? true;
  return { isShutDown: provider._shutdown === true, readers: all?.length, hasOthers };
}
