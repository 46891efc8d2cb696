// A service on Express as otel-perf's users write it, with one of each kind of metric; what it did is at /did.
import { setTimeout as sleep } from 'node:timers/promises';
import { metrics } from '@opentelemetry/api';
import { getMetricsCollector, MetricType } from '@otel-perf/metrics';
import { timeFunction } from '@otel-perf/timing';
import express from 'express';
import { count, set, tally } from './tally.mjs';

const collector = getMetricsCollector();
collector.configure({ windowSize: 10_000 });

const loadOrder = timeFunction('load_order', { attributes: ([{ channel }]) => ({ channel }) })(async function loadOrder({
  channel,
  millis,
}) {
  await sleep(millis);
  if (millis > 38) throw new RangeError('no such order');
  return { channel };
});

/** OpenTelemetry of a library that knows nothing of otel-perf. */
const meter = metrics.getMeter('billing', '2.1.0');
const invoices = meter.createCounter('invoice.items', { unit: '{item}' });
const sizes = meter.createHistogram('invoice.size', { unit: 'By' });
const carts = meter.createUpDownCounter('carts.open', { unit: '{cart}' });
let checks = 0;
meter.createObservableCounter('stock.checks').addCallback((result) => result.observe(checks, { 'stock.place': 'Łódź "1"\n' }));
meter.createObservableGauge('stock.level', { unit: '1' }).addCallback((result) => result.observe(0.1 + 0.2));

const BILLING = { otel_scope_name: 'billing', otel_scope_version: '2.1.0' };

function bill(channel) {
  const items = 1 + Math.floor(Math.random() * 5);
  const attributes = { 'customer.kind': channel, 'a.b': 'a dot', 'c/d': ['a', 1], retried: false, share: 2.5e-7 };
  const labels = { customer_kind: channel, a_b: 'a dot', c_d: '["a",1]', retried: 'false', share: '2.5e-7', ...BILLING };
  invoices.add(items, attributes);
  count('invoice_items_total', labels, items);
  const bytes = Math.floor(Math.random() * 20_000);
  sizes.record(bytes, attributes);
  count('invoice_size_bytes_count', labels);
  count('invoice_size_bytes_sum', labels, bytes);
  const change = Math.random() < 0.5 ? 1 : -1;
  carts.add(change);
  count('carts_open', BILLING, change);
  checks++;
  set('stock_checks_total', { stock_place: 'Łódź "1"\n', ...BILLING }, checks);
  set('stock_level_ratio', BILLING, 0.1 + 0.2);
}

function measure(channel) {
  const tags = { channel, 'store.name': 'main' };
  const labels = { channel, store_name: 'main', otel_scope_name: 'shop' };
  const items = 1 + Math.floor(Math.random() * 3);
  collector.recordCounter('orders', items, 'shop', tags);
  count('orders_total', labels, items);
  const speed = Math.random() * 1e3;
  collector.recordThroughput('docs_throughput', speed, 'shop', tags, items);
  set('docs_throughput_per_second', labels, speed);
  count('docs_throughput_items_total', labels, items);
  const bytes = Math.floor(Math.random() * 2 ** 40);
  collector.recordMemory('pool_used', bytes, 'shop', tags);
  set('pool_used_bytes', labels, bytes);
  const part = Math.random();
  collector.recordMetric('cache_hit', part, MetricType.RATIO, 'shop', tags);
  set('cache_hit_ratio', labels, part);
  collector.recordMetric('queue_load', part * 100, MetricType.PERCENTAGE, 'shop', tags);
  set('queue_load_percent', labels, part * 100);
  collector.recordMetric('balance, as of now', -part, MetricType.CUSTOM, 'shop', tags);
  set('balance_as_of_now', labels, -part);
}

let earlier = [];
/** What each call took, as the history has it: to the last bit what was recorded, in its order. */
const durations = () => [...earlier, ...collector.getMetrics((metric) => metric.name === 'load_order_time')];

const app = express();
app.get('/health', (_request, response) => response.end());
// oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 awaits them
app.post('/orders/:channel', async (request, response) => {
  const { channel } = request.params;
  const labels = { channel, otel_scope_name: 'loadOrder' };
  bill(channel);
  measure(channel);
  try {
    await loadOrder({ channel, millis: Number(request.query.millis) });
    count('load_order_time_seconds_count', labels);
    response.end();
  } catch (error) {
    count('load_order_time_seconds_count', { ...labels, error_type: error.name });
    response.status(404).end();
  }
});
/** From here on the report is of what follows. */
app.post('/measure-anew', (_request, response) => {
  earlier = durations();
  collector.clearMetrics();
  response.end();
});
app.get('/did', (_request, response) => {
  response.json({ series: tally(), durations: durations().map(({ value, tags }) => ({ value, tags })), report: collector.report() });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
