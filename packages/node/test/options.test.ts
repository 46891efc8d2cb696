import { describe, expect, test } from '@jest/globals';
import { createPerformanceReader, startOtelPerf, type OtelPerfOptions, type ReaderOptions } from '../src/index.ts';
import { run } from './run.ts';

/** Options that a service in JavaScript may give. */
const BAD: [string, unknown, RegExp][] = [
  ['an option that there is not', { promtheus: true }, /^TypeError: startOtelPerf has no option promtheus; it has .*prometheus/],
  ['a text for a flag', { hostMetrics: 'no' }, /^TypeError: hostMetrics must be true or false, not "no"/],
  ['a number for a flag', { otlp: 1 }, /^TypeError: otlp must be true or false, not 1/],
  ['an empty name', { serviceName: '' }, /^TypeError: serviceName must be a text that is not empty/],
  ['a word for instrumentations', { instrumentations: 'all' }, /^TypeError: instrumentations must be 'auto' or a list, not all/],
  ['an interval that is none', { reader: { exportIntervalMillis: 0 } }, /^RangeError: exportIntervalMillis must .*1.*2147483647/],
];

const BAD_OF_BOTH: [string, unknown, RegExp][] = [
  ['a port that is none', { prometheus: { port: 70_000 } }, /^RangeError: prometheus.port must be an integer from 0 to 65535, not 70000/],
  ['an option that the endpoint has not', { prometheus: { prot: 1 } }, /^TypeError: prometheus has no option prot; it has host, port/],
  ['a path that is none', { prometheus: { path: 'metrics' } }, /^TypeError: prometheus.path must begin with \/ .*not "metrics"/],
  ['a path with a query', { prometheus: { path: '/metrics?all' } }, /^TypeError: prometheus.path .*not "\/metrics\?all"/],
  ['a host that is none', { prometheus: { host: 5 } }, /^TypeError: prometheus.host must be a text that is not empty, not 5/],
  ['a naming that there is not', { prometheus: { naming: 'offical' } }, /^TypeError: naming must be 'specification' or 'official'/],
  ['a word for flushOnExit', { flushOnExit: 'yes' }, /^TypeError: flushOnExit must be true or false, not "yes"/],
  [
    'an option that flushOnExit has not',
    { flushOnExit: { timeout: 1 } },
    /^TypeError: flushOnExit has no option timeout; it has signals, timeoutMillis/,
  ],
  [
    'a timeout that is none',
    { flushOnExit: { timeoutMillis: 0 } },
    /^RangeError: flushOnExit.timeoutMillis must be an integer from 1 to 60000, not 0/,
  ],
  ['a signal that there is not', { flushOnExit: { signals: ['SIGTREM'] } }, /^TypeError: flushOnExit.signals must .*not "SIGTREM"/],
  ['a signal that nobody can catch', { flushOnExit: { signals: ['SIGKILL'] } }, /^TypeError: flushOnExit.signals must .*not "SIGKILL"/],
  ['one signal, not a list', { flushOnExit: { signals: 'SIGTERM' } }, /^TypeError: flushOnExit.signals must .*not "SIGTERM"/],
  ['an empty path', { exitSnapshot: '' }, /^TypeError: exitSnapshot must be a text that is not empty/],
];

describe('startOtelPerf rejects, naming option and bounds,', () => {
  test.each([...BAD, ...BAD_OF_BOTH])('%s', async (_, options, message) => {
    const rejected = await startOtelPerf(options as OtelPerfOptions).then(() => 'started', String);
    expect(rejected).toMatch(message);
  });
});

describe('createPerformanceReader throws, naming option and bounds,', () => {
  test.each(BAD_OF_BOTH)('%s', (_, options, message) => {
    let thrown: unknown;
    try {
      createPerformanceReader(options as ReaderOptions);
    } catch (error) {
      thrown = error;
    }
    expect(String(thrown)).toMatch(message);
  });
});

test('nothing is left of a start that was rejected: a better one does all that it should', async () => {
  const ended = await run('repeated-start.mjs', { env: { OTEL_METRICS_EXPORTER: 'prometheus' } });
  expect(ended.said()).toEqual({
    rejections: [
      expect.stringMatching(/no option promtheus/),
      expect.stringMatching(/flushOnExit.timeoutMillis/),
      expect.stringMatching(/naming/),
    ],
    handleMeanwhile: null,
    listenersMeanwhile: [0, 0, 0],
    active: true,
    problems: [],
    scraped: true,
  });
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
});
