import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import type { CollectionResult } from '@opentelemetry/sdk-metrics';
import { createMetricsHandler } from '../../src/export/prometheus/index.ts';
import { PerformanceMetricReader } from '../../src/read/reader.ts';
import { resourceMetrics } from './prometheus.helpers.ts';

const empty: CollectionResult = { resourceMetrics: resourceMetrics([]), errors: [] };

async function timeoutsOfScrape(reader: Parameters<typeof createMetricsHandler>[0]): Promise<unknown[]> {
  const given: unknown[] = [];
  reader.collect = async (options) => (given.push(options?.timeoutMillis), empty);
  const server = createServer(createMetricsHandler(reader));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return given;
}

test('a scrape waits for callbacks as long as its reader is told to', async () => {
  expect(await timeoutsOfScrape(new PerformanceMetricReader({ collectTimeoutMillis: 300 }))).toEqual([300]);
});

test('and 5 s for a reader that says nothing', async () => {
  expect(await timeoutsOfScrape({ collect: async () => empty })).toEqual([5000]);
});
