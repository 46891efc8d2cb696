const BOUNDS = Array.from({ length: 22 }, (_, i) => (i + 1) / 10);
const COUNTS = Array<number>(BOUNDS.length + 1).fill(1);

/** What a Collector answers to an OTLP push of `points` histogram data points, of series numbered from `first`. */
export async function pushHistograms(otlpHttpUrl: string, points: number, first = 0): Promise<number> {
  const now = String(Date.now() * 1e6);
  const dataPoints = Array.from({ length: points }, (_, i) => ({
    attributes: [{ key: 'operation', value: { stringValue: `operation number ${first + i}` } }],
    timeUnixNano: now,
    count: COUNTS.length,
    sum: 1,
    explicitBounds: BOUNDS,
    bucketCounts: COUNTS,
  }));
  const metric = { name: 'pushed_time', unit: 's', histogram: { aggregationTemporality: 2, dataPoints } };
  const body = { resourceMetrics: [{ scopeMetrics: [{ scope: { name: 'push' }, metrics: [metric] }] }] };
  const response = await fetch(`${otlpHttpUrl}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.text();
  return response.status;
}
