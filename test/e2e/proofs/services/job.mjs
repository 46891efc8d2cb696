// Has its work done at once, and ends.
import { getMetricsCollector } from '@otel-perf/metrics';
import { timeBlock } from '@otel-perf/timing';

const pieces = getMetricsCollector().series({ name: 'pieces', type: 'counter', source: 'worker' });
for (let i = 0; i < 1000; i++) timeBlock('work', () => pieces.record(1));
