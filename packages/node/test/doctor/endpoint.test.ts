import { describe, expect, test } from '@jest/globals';
import { Certificate } from '../certificate.ts';
import { diagnosed, problems, text } from './run.ts';

describe.each([
  ['in the process', 'false'],
  ['off-thread', 'true'],
])('an endpoint %s is no problem', (_, OTEL_PERF_OFF_THREAD) => {
  const ENV = { OTEL_PERF_OFF_THREAD, OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };

  test.each<[string, Record<string, string>]>([
    ['that all may read', {}],
    ['that wants a token', { OTEL_PERF_PROMETHEUS_TOKEN: 'secret' }],
  ])('%s', async (__, env) => {
    const diagnosis = await diagnosed('started.mjs', {}, { env: { ...ENV, ...env } });
    expect(problems(diagnosis)).toEqual([]);
    expect(text(diagnosis, 'fine', 'endpoint-works')).toMatch(/^The endpoint for Prometheus answers at http:/);
    expect(text(diagnosis, 'hint', 'never-scraped')).toContain('Nobody has scraped');
    expect(JSON.stringify(diagnosis)).not.toContain('secret');
    expect(text(diagnosis, 'fine', 'provider-set')).toBe('A MeterProvider is set.\n');
  });

  test('with a certificate that only the scraper knows', async () => {
    using certificate = new Certificate();
    const { keyFile, certFile } = certificate;
    const env = { ...ENV, OTEL_PERF_PROMETHEUS_TLS_KEY: keyFile, OTEL_PERF_PROMETHEUS_TLS_CERTIFICATE: certFile };
    const diagnosis = await diagnosed('started.mjs', {}, { env });
    expect(problems(diagnosis)).toEqual([]);
    expect(text(diagnosis, 'fine', 'endpoint-works')).toMatch(/^The endpoint for Prometheus answers at https:/);
  });
});
