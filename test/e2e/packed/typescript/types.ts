// Compiled, not run: what the packages' types allow, what they refuse, and that a library can export what it made with them.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { getMetricsCollector, MetricType, PerformanceMetricReader, type Metric } from '@otel-perf/metrics';
import { benchmarkFunction, timeBlock, timeFunction } from '@otel-perf/timing';

export type Node = typeof import('@otel-perf/node');

export const add = timeFunction('add')((a: number, b: number) => a + b);
export const sum: number = add(1, 2);
// @ts-expect-error -- takes what the wrapped function takes
export const wrongArgument = add('1', 2);
// @ts-expect-error -- returns what the wrapped function returns
export const wrongResult: string = add(1, 2);
// @ts-expect-error -- a name is a text
export const wrongName = timeFunction(1);
// @ts-expect-error -- no such option
export const wrongOption = timeFunction('add', { colectMetrics: false });
export const inBlock: string = timeBlock('block', () => 'text');
// @ts-expect-error -- a block returns what its function returns
export const wrongBlock: number = timeBlock('block', () => 'text');
export const benchmark = benchmarkFunction(add, [1, 2], { iterations: 10 });

export const reader = new PerformanceMetricReader({ exportIntervalMillis: 1000 });
// @ts-expect-error -- options carry their unit
export const wrongReader = new PerformanceMetricReader({ exportInterval: 1000 });
// Also where the SDK for Node brings a copy of the metrics SDK of its own.
export const sdk = () => new NodeSDK({ metricReaders: [reader] });
export const snapshot: Promise<Metric[]> = reader.snapshot();
export const series = getMetricsCollector().series({ name: 'requests', type: MetricType.COUNTER, source: 'api' });
// @ts-expect-error -- a series has a name
export const wrongSeries = getMetricsCollector().series({ type: MetricType.COUNTER, source: 'api' });
// @ts-expect-error -- a decorator of methods and the like takes no number
export const wrongTarget = timeFunction('add')(1);
