import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startOtelPerf, type OtelPerfOptions } from '../../src/index.ts';
import { run } from '../run.ts';
import type { State } from '../state.ts';
import { FIXTURES } from './service.ts';

describe('startOtelPerf rejects, naming option and bounds,', () => {
  test.each<[string, unknown, RegExp]>([
    ['a word for offThread', { offThread: 'yes' }, /^TypeError: offThread must be true or false, not "yes"/],
    [
      'an option that offThread has not',
      { offThread: { bytes: 1 } },
      /^TypeError: offThread has no option bytes; it has reserveBytes, observe/,
    ],
    ['too little memory', { offThread: { reserveBytes: 1 } }, /^RangeError: offThread.reserveBytes must .*1048576 to 2147483648, not 1/],
    [
      'a timeout that is none',
      { offThread: { observeTimeoutMillis: -1 } },
      /^RangeError: offThread.observeTimeoutMillis must .* from 0 .*-1/,
    ],
    ['a naming that there is not', { offThread: true, prometheus: { naming: 'offical' } }, /^TypeError: naming must be 'specification' or/],
    ['an interval that is none', { offThread: true, reader: { exportIntervalMillis: 0 } }, /^RangeError: exportIntervalMillis must/],
  ])('%s', async (_, options, message) => {
    const rejected = await startOtelPerf(options as OtelPerfOptions).then(() => 'started', String);
    expect(rejected).toMatch(message);
  });
});

/** What a start makes: of whose making the MeterProvider is, and the threads beside the main one. */
const made = async (options: OtelPerfOptions, env: Record<string, string>) => {
  const variables = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env };
  const ended = await run(join(FIXTURES, 'made.mjs'), { args: [JSON.stringify(options)], env: variables });
  expect(ended.end).toBe('code 0');
  return { ...ended.said<State & { ours: boolean; workers: number }>(), warnings: ended.warnings };
};

describe('metrics are off-thread', () => {
  test.each<[string, OtelPerfOptions, Record<string, string>, boolean]>([
    ['not by default', {}, {}, false],
    ['by the option', { offThread: true }, {}, true],
    ['by an option with settings', { offThread: { reserveBytes: 2 ** 21 } }, {}, true],
    ['by the variable', {}, { OTEL_PERF_OFF_THREAD: 'TRUE' }, true],
    ['not where the variable says so, before the option', { offThread: true }, { OTEL_PERF_OFF_THREAD: 'false' }, false],
  ])('%s', async (_, options, env, expected) => {
    const { ours, workers, active, url, warnings } = await made(options, env);
    expect({ ours, workers, active, served: url !== null, warnings }).toEqual({
      ours: expected,
      workers: expected ? 1 : 0,
      active: true,
      served: true,
      warnings: [],
    });
  });

  test('not by a variable that makes no sense, which is told', async () => {
    const { ours, warnings } = await made({}, { OTEL_PERF_OFF_THREAD: 'always' });
    expect([ours, warnings]).toEqual([false, [expect.stringContaining('[bad-variable] OTEL_PERF_OFF_THREAD is "always"')]]);
  });

  test('not where OpenTelemetry is off', async () => {
    expect(await made({ offThread: true }, { OTEL_SDK_DISABLED: 'true' })).toMatchObject({
      ours: false,
      workers: 0,
      active: false,
      url: null,
    });
  });
});

test('exporters, readers, views and the resource of the options hold', async () => {
  const ended = await run(join(FIXTURES, 'with-all.mjs'), {
    env: { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  });
  expect(ended.said()).toEqual({
    exported: ['calls_renamed 2'],
    read: ['calls_renamed 2'],
    scraped: [expect.stringMatching(/^calls_renamed_total\{.*\} +2$/)],
    team: ['shop', 'shop'],
    served: true,
  });
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
});

test('the doctor finds nothing amiss', async () => {
  const ended = await run(join(FIXTURES, 'examined.mjs'), {
    env: { OTEL_PERF_OFF_THREAD: 'true', OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  });
  const { healthy, codes } = ended.said<{ healthy: boolean; codes: string[] }>();
  expect([healthy, ended.stderr]).toEqual([true, '']);
  expect(codes).toEqual(expect.arrayContaining(['provider-set', 'reader-attached', 'endpoint-works']));
});
