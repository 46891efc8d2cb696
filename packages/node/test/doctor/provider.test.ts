import { describe, expect, test } from '@jest/globals';
import { commandOn, diagnosed, printed, problems, text } from './run.ts';

const OTLP = { OTEL_METRICS_EXPORTER: undefined };

describe('what is recorded gets nowhere', () => {
  test.concurrent('without a MeterProvider', async () => {
    const diagnosis = await diagnosed('no-provider.mjs', {}, { env: OTLP });
    expect(problems(diagnosis)).toEqual(['no-provider']);
    expect(text(diagnosis, 'problem', 'no-provider')).toMatch(/No MeterProvider is set[^]*--import @otel-perf\/node\/register/);
    expect(diagnosis.healthy).toBe(false);
  });

  test.concurrent('where the provider is made, and not registered', async () => {
    const diagnosis = await diagnosed('own-provider.mjs', { readers: ['ours'], unregistered: true });
    expect(problems(diagnosis)).toEqual(['no-provider']);
    expect(text(diagnosis, 'problem', 'no-provider')).toMatch(/none is registered[^]*metrics\.setGlobalMeterProvider\(provider\)/);
  });

  test.concurrent('where the provider has no reader', async () => {
    const diagnosis = await diagnosed('own-provider.mjs');
    expect(problems(diagnosis)).toEqual(['provider-without-reader']);
    expect(text(diagnosis, 'problem', 'provider-without-reader')).toMatch(/has no reader[^]*createPerformanceReader\(\)/);
  });

  test.concurrent('where another provider was registered first', async () => {
    const diagnosis = await diagnosed('own-provider.mjs', { readers: ['ours'], another: true });
    expect(problems(diagnosis)).toEqual(['reader-elsewhere']);
    expect(text(diagnosis, 'problem', 'reader-elsewhere')).toMatch(/not the global one[^]*a second registration is refused/);
  });

  test.concurrent('where the start came after a provider', async () => {
    const diagnosis = await diagnosed('start-after-provider.mjs');
    expect(problems(diagnosis)).toEqual(['provider-exists']);
    expect(text(diagnosis, 'problem', 'provider-exists')).toMatch(/set already[^]*createPerformanceReader/);
  });
});

describe('instruments made before the provider', () => {
  test.concurrent.each(['late-provider.mjs', 'late-provider.cjs'])('record nothing: %s', async (fixture) => {
    const diagnosis = await diagnosed(fixture);
    expect(problems(diagnosis)).toEqual(['late-provider']);
    expect(text(diagnosis, 'problem', 'late-provider')).toMatch(/before there was a MeterProvider[^]*calls of library[^]*--import/);
  });

  test.concurrent('are seen by the command', async () => {
    const ended = await commandOn('late-provider.cjs');
    expect([problems(printed(ended)), ended.code]).toEqual([['late-provider'], 1]);
    expect(text(printed(ended), 'problem', 'late-provider')).toContain('calls of library');
  });

  test.concurrent('are seen by the command before otel-perf is loaded', async () => {
    const ended = await commandOn('before-otel-perf.mjs');
    expect(text(printed(ended), 'problem', 'late-provider')).toContain('calls of library');
  });

  test.concurrent('are no matter where they are made again, as by instrumentations and by otel-perf', async () => {
    const diagnosis = await diagnosed('late-provider.mjs', { again: true, ours: true, instrumentations: true });
    expect([problems(diagnosis), diagnosis.healthy]).toEqual([[], true]);
    expect(text(diagnosis, 'hint', 'recorded-early')).toMatch(/^Of shop, what was recorded before/);
  });
});

describe('a reader', () => {
  test.concurrent('that nobody collects', async () => {
    const diagnosis = await diagnosed('own-provider.mjs', { readers: ['idle'] });
    expect(problems(diagnosis)).toEqual(['reader-idle']);
    expect(text(diagnosis, 'problem', 'reader-idle')).toMatch(/Nobody collects[^]*Give it exporters/);
  });

  test.concurrent('that belongs to no provider', async () => {
    const diagnosis = await diagnosed('own-provider.mjs', { readers: ['periodic'], forgotten: true });
    expect(problems(diagnosis)).toEqual(['reader-not-attached']);
    expect(text(diagnosis, 'problem', 'reader-not-attached')).toMatch(/belongs to no MeterProvider[^]*metricReaders/);
  });

  test.concurrent('that nobody scrapes yet', async () => {
    const diagnosis = await diagnosed('own-provider.mjs', { readers: ['served'] });
    expect(problems(diagnosis)).toEqual([]);
    expect(text(diagnosis, 'hint', 'never-scraped')).toMatch(
      /http:\/\/127\.0\.0\.1:\d+\/metrics[^]*OTEL_EXPORTER_PROMETHEUS_HOST=0\.0\.0\.0/,
    );
  });

  test.concurrent('that listens on all addresses is asked all the same', async () => {
    const env = { OTEL_EXPORTER_PROMETHEUS_HOST: '0.0.0.0' };
    const diagnosis = await diagnosed('own-provider.mjs', { readers: ['served'] }, { env });
    expect(text(diagnosis, 'fine', 'endpoint-works')).toMatch(/0\.0\.0\.0/);
    expect(text(diagnosis, 'hint', 'never-scraped')).not.toContain('this machine alone');
  });
});

describe('nothing is wrong with', () => {
  test.concurrent.each([
    ['a reader whose snapshot is taken', 'own-provider.mjs', { readers: ['idle'], snapshot: true }],
    ['a reader beside another', 'own-provider.mjs', { readers: ['ours', 'periodic'] }],
    ['a reader that is idle beside another', 'own-provider.mjs', { readers: ['idle', 'periodic'] }],
    ['two readers of ours', 'own-provider.mjs', { readers: ['ours', 'plain'] }],
    ['readers of others alone, which cannot be looked into', 'own-provider.mjs', { readers: ['prometheus'] }],
    ['a View that drops what the reader tells of itself', 'own-provider.mjs', { readers: ['ours'], view: true }],
    ['a provider that was shut down at the end', 'own-provider.mjs', { readers: ['ours'], shutdown: true }],
    ['a NodeSDK of its own with our reader', 'own-sdk.mjs', {}],
    ['a collector and a provider beside the global ones', 'own-collector.mjs', {}],
  ])('%s', async (_, fixture, options) => {
    const diagnosis = await diagnosed(fixture, options, { env: OTLP });
    expect([problems(diagnosis), diagnosis.healthy]).toEqual([[], true]);
  });

  test.concurrent('a job that has delivered, and was shut down at its end', async () => {
    const ended = await commandOn('shut-down-job.mjs');
    expect([printed(ended).healthy, ended.code]).toEqual([true, 0]);
    expect(text(printed(ended), 'fine', 'export-works')).toContain('exports so far: 1');
  });

  test.concurrent('a service that is scraped, of which the look leaves no trace', async () => {
    const env = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };
    const diagnosis = await diagnosed('scraped.mjs', {}, { env });
    expect(diagnosis.findings.map(({ level, code }) => `${level} ${code}`)).toEqual([
      'fine provider-set',
      'fine reader-attached',
      'fine endpoint-works',
    ]);
    expect(diagnosis.seen).toEqual(['orders', 'calls', 'otel_perf.reader.collections', 'otel_perf.reader.collection.duration']);
    const ended = await commandOn('scraped.mjs', {}, env);
    expect([printed(ended), ended.code]).toEqual([expect.objectContaining({ healthy: true }), 0]);
  });
});
