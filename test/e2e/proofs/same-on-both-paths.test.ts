import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_TIME_BOUNDARIES, type MetricsReport } from '@otel-perf/metrics';
import { describeWithServers } from '../servers/available.ts';
import { startCollector, type RunningCollector } from '../servers/collector.ts';
import type { Labels } from '../servers/prometheus-api.ts';
import type { RunningPrometheus } from '../servers/prometheus.ts';
import { startShippedPrometheus } from '../servers/shipped-prometheus.ts';
import { waitUntil } from '../servers/wait-until.ts';
import { json, repeat, send } from './load.ts';
import { loadOrderSeries, type Duration } from './load-order-series.ts';
import { keyOf, lastScrape, seriesOf, type Did } from './series.ts';
import { startProgram, type RunningProgram } from './program.ts';

interface Shop {
  /** What it did since it started. */
  readonly series: readonly Did[];
  /** What each order took. */
  readonly durations: readonly Duration[];
  /** Of what it did since it was told to measure anew. */
  readonly report: MetricsReport;
}

/** The two ways from a service to Prometheus, by the job that the shipped configuration gives them: the service's name, and a fixed one. */
const PATHS = ['shop', 'service'] as const;

/**
 * One more than a multiple of a hundred: then an exact percentile is one value, not between two, and that value is the one whose bucket
 * `histogram_quantile` chooses.
 */
const ORDERS = 401;

/** Their values go on changing when the load has stopped: those of the machine, the process and the reader. */
const LIVE = /otel_scope_name="(?:@opentelemetry\/(?:host-metrics|instrumentation-runtime-node)|@otel-perf\/metrics)"/;

function withoutLiveValues(series: Record<string, number>): Record<string, number | 'live'> {
  return Object.fromEntries(Object.entries(series).map(([key, value]) => [key, LIVE.test(key) ? 'live' : value]));
}

describeWithServers('what Prometheus has by way of the Collector and from the service itself', ['collector', 'prometheus'], () => {
  describe.each(['http/protobuf', 'grpc'])('pushed by %s', (protocol) => {
    let collector: RunningCollector;
    let shop: RunningProgram;
    let prometheus: RunningPrometheus;
    let before: Shop;
    let after: Shop;
    /** Milliseconds of Unix time. */
    let scrapeBefore: Record<string, number>;

    const order = (channel: string, millis: number) => send('POST', `${shop.url}/orders/${channel}?millis=${millis}`, 200, 404);

    const scraped = (path: string) => lastScrape(prometheus, `orders_total{job="${path}"}`);

    /** Waits until Prometheus has on both paths what the shop did. */
    async function arrived(): Promise<Shop> {
      const shopDid = await json<Shop>(`${shop.url}/did`);
      const expected = valuesOf(shopDid.series);
      await waitUntil('what the shop did to arrive in Prometheus', async () => {
        for (const path of PATHS) {
          // oxlint-disable-next-line no-await-in-loop -- the second is of no interest while the first lacks something
          expect(await seriesOf(prometheus, path)).toMatchObject(expected);
        }
        return true;
      });
      return shopDid;
    }

    beforeAll(async () => {
      collector = await startCollector('single');
      shop = await startProgram('shop.mjs', {
        env: {
          OTEL_SERVICE_NAME: 'shop',
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? collector.otlpGrpcUrl : collector.otlpHttpUrl,
          OTEL_METRIC_EXPORT_INTERVAL: '1000',
        },
      });
      const collectors = [`127.0.0.1:${collector.ports.prometheus}`];
      prometheus = await startShippedPrometheus({ collectors, services: [shop.prometheusTarget] });
      await shop.answersAt('/health');
      // rate() sees what a series grows by, not what it begins with: every series is there before the load.
      await Promise.all(['web', 'phone'].flatMap((channel) => [order(channel, 1), order(channel, 39)]));
      before = await arrived();
      scrapeBefore = Object.fromEntries(await Promise.all(PATHS.map(async (path) => [path, await scraped(path)])));
      await send('POST', `${shop.url}/measure-anew`);
      await repeat(ORDERS, 3, (i) => order(i % 3 === 0 ? 'phone' : 'web', i % 20 === 0 ? 39 : 1 + Math.random() * 37));
      after = await arrived();
    });

    afterAll(async () => {
      await shop?.stop();
      await prometheus?.stop();
      await collector?.stop();
    });

    test('has the same names, labels and values on both', async () => {
      const same = async () => {
        const [viaCollector, own] = await Promise.all(PATHS.map((path) => seriesOf(prometheus, path)));
        expect(withoutLiveValues(viaCollector!)).toEqual(withoutLiveValues(own!));
        return true;
      };
      await waitUntil('the same on both paths', same, { deadlineMillis: 20_000 });
    });

    test('has the same of the resource on both: the Collector makes its name and id the job and instance', async () => {
      const infos = PATHS.map(async (path) => (await prometheus.query(`target_info{job="${path}"}`))[0]!.labels);
      const [{ job, instance, ...viaCollector }, { job: _job, instance: _instance, ...own }] = (await Promise.all(infos)) as [
        Labels,
        Labels,
      ];
      expect({ ...viaCollector, service_name: job, service_instance_id: instance }).toEqual(own);
    });

    test.each(PATHS)('has the buckets of exactly those values that the shop recorded, on %s', async (path) => {
      const found = await seriesOf(prometheus, path, ',__name__=~"load_order_time_.*"');
      const entries = Object.entries(found).map(([key, value]) => [key.replace(/(?<=le=")[^"]+/, leNumber), value] as const);
      const expected = loadOrderSeries(after.durations);
      expect(Object.fromEntries(entries)).toEqual(
        // The SDK adds up in another order.
        Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, key.includes('_sum') ? expect.closeTo(value, 9) : value])),
      );
    });

    describe.each(PATHS)('over the load, on %s', (path) => {
      let end: number;
      /** The millisecond is for versions of Prometheus that leave a sample out that is as old as the range is long. */
      let range: string;

      beforeAll(async () => {
        end = await scraped(path);
        range = `[${end - scrapeBefore[path]! + 1}ms]`;
      });

      test('rate() is what the shop did, by the time between the two scrapes', async () => {
        const seconds = (end - scrapeBefore[path]!) / 1000;
        const earlier = valuesOf(before.series);
        const counters = after.series.filter(({ name }) => /_(?:count|total)$/.test(name));
        expect(counters).toHaveLength(13);
        for (const { name, labels, value } of counters) {
          // oxlint-disable-next-line no-await-in-loop -- a few
          const rates = await prometheus.query(`rate(${name}{job="${path}"}${range})`, end / 1000);
          const rate = rates.find((each) => keyOf(name, each.labels) === keyOf(name, labels))!.value;
          const increase = value - earlier[keyOf(name, labels)]!;
          expect(increase).toBeGreaterThan(0);
          // Prometheus may count that millisecond or not.
          expect(rate).toBeLessThanOrEqual((increase / seconds) * (1 + 1e-9));
          expect(rate).toBeGreaterThanOrEqual((increase / (seconds + 0.001)) * (1 - 1e-9));
        }
      });

      test.each([50, 90, 95, 99])('histogram_quantile() is in the bucket of the exact percentile %d of the report', async (percentile) => {
        const buckets = `sum by (le) (rate(load_order_time_seconds_bucket{job="${path}"}${range}))`;
        const [estimate] = await prometheus.query(`histogram_quantile(${percentile / 100}, ${buckets})`, end / 1000);
        const { stats } = after.report.statistics.find(({ name }) => name === 'load_order_time')!;
        const exact = stats.percentiles[`p${percentile}`]!;
        expect(stats.count).toBe(ORDERS);
        expect(estimate!.value).toBeGreaterThanOrEqual(DEFAULT_TIME_BOUNDARIES.findLast((bound) => bound < exact)!);
        expect(estimate!.value).toBeLessThanOrEqual(DEFAULT_TIME_BOUNDARIES.find((bound) => exact <= bound)!);
      });
    });
  });
});

function valuesOf(series: readonly Did[]): Record<string, number> {
  return Object.fromEntries(series.map(({ name, labels, value }) => [keyOf(name, labels), value]));
}

function leNumber(le: string): string {
  return String(Number(le.replace('Inf', 'Infinity')));
}
