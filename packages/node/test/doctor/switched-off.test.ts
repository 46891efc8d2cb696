import { describe, expect, test } from '@jest/globals';
import { commandOn, diagnosed, printed, problems, text } from './run.ts';

describe('somebody has switched off', () => {
  test.concurrent.each([
    ['collection', { disabled: true }, 'collection-disabled', /disabled[^]*enable\(\)/],
    [
      'the metrics of an operation',
      { unmeasured: true },
      'collect-metrics-off',
      /collectMetrics \(collect_metrics\) is false for checkout/,
    ],
  ])('%s', async (_, options, code, words) => {
    const diagnosis = await diagnosed('collection-off.mjs', options);
    expect(problems(diagnosis)).toEqual([code]);
    expect(text(diagnosis, 'problem', code)).toMatch(words);
  });

  test.concurrent('both, says the command', async () => {
    const ended = await commandOn('collection-off.mjs', { disabled: true, unmeasured: true });
    expect([problems(printed(ended)), ended.code]).toEqual([['collection-disabled', 'collect-metrics-off'], 1]);
  });

  test.concurrent.each([
    ['the start', 'started.mjs'],
    ["the service's own NodeSDK", 'own-sdk.mjs'],
  ])('all of OpenTelemetry, and so %s', async (_, fixture) => {
    const diagnosis = await diagnosed(fixture, {}, { env: { OTEL_SDK_DISABLED: 'true' } });
    expect(problems(diagnosis)).toEqual(['sdk-disabled']);
    expect(text(diagnosis, 'problem', 'sdk-disabled')).toMatch(/OTEL_SDK_DISABLED is true[^]*Unset it/);
  });

  test.concurrent('all of OpenTelemetry, which a MeterProvider of its own does not heed', async () => {
    const diagnosis = await diagnosed('own-provider.mjs', { readers: ['ours'] }, { env: { OTEL_SDK_DISABLED: 'true' } });
    expect(problems(diagnosis)).toEqual([]);
    expect(text(diagnosis, 'hint', 'sdk-disabled')).toContain('the MeterProvider that is set does not');
  });

  test.concurrent('exporting, and nobody reads in the process', async () => {
    const diagnosis = await diagnosed('started.mjs', {}, { env: { OTEL_METRICS_EXPORTER: 'none' } });
    expect(problems(diagnosis)).toEqual(['exporter-none']);
    expect(text(diagnosis, 'problem', 'exporter-none')).toMatch(/OTEL_METRICS_EXPORTER has none[^]*otlp, prometheus/);
  });

  test.concurrent('exporting, and the process reads for itself', async () => {
    const reads = [
      await diagnosed('collected.mjs', {}, { env: { OTEL_METRICS_EXPORTER: 'none' } }),
      await diagnosed('refused-once.mjs', {}, { env: { OTEL_METRICS_EXPORTER: 'none' } }),
      await diagnosed('started.mjs', {}, { env: { OTEL_METRICS_EXPORTER: 'none', OTEL_PERF_EXIT_SNAPSHOT: '/dev/null' } }),
    ];
    expect(reads.map(problems)).toEqual([[], [], []]);
    expect(text(reads[0]!, 'hint', 'exporter-none')).toContain('read in the process only');
  });

  test.concurrent('exporting, which a reader in a NodeSDK of its own does not heed', async () => {
    const diagnosis = await diagnosed('own-sdk.mjs', {}, { env: { OTEL_METRICS_EXPORTER: 'none' } });
    expect(diagnosis.findings.map(({ level }) => level)).toEqual(['fine', 'fine', 'fine']);
  });
});

describe('measurements', () => {
  test.concurrent('are dropped', async () => {
    const diagnosis = await diagnosed('collection-off.mjs', { dropped: true });
    expect(problems(diagnosis)).toEqual(['measurements-dropped']);
    expect(text(diagnosis, 'problem', 'measurements-dropped')).toMatch(/dropped: NaN or infinite \(1\), below 0[^]*OTEL_LOG_LEVEL=warn/);
  });

  test.concurrent('are left out as asked, or without their tags', async () => {
    const diagnosis = await diagnosed('collection-off.mjs', { thinned: true, overflowed: true });
    expect(problems(diagnosis)).toEqual([]);
    expect(text(diagnosis, 'hint', 'measurements-skipped')).toMatch(/^2 measurements were left out/);
    expect(text(diagnosis, 'hint', 'series-overflowed')).toMatch(/overflow series[^]*maxSeriesPerName/);
  });
});

test.concurrent('a variable that makes no sense is a hint', async () => {
  const diagnosis = await diagnosed('collected.mjs', {}, { env: { OTEL_PERF_HOST_METRIC: 'false' } });
  expect(problems(diagnosis)).toEqual([]);
  expect(text(diagnosis, 'hint', 'bad-variable')).toContain('OTEL_PERF_HOST_METRIC is no variable of otel-perf');
});
