import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acceptsGzip, textFormat } from '../../src/export/prometheus/accept.ts';

describe('the format is', () => {
  test.each<[string, string | undefined]>([
    ['text', undefined],
    ['text', ''],
    ['text', '*/*'],
    ['text', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['openmetrics', 'application/openmetrics-text'],
    ['openmetrics', 'Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8'],
    ['openmetrics', 'application/openmetrics-text; version="1.0.0"'],
    [
      'openmetrics',
      'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;q=0.2,*/*;q=0.1',
    ],
    ['text', 'application/openmetrics-text;version=1.0.0;q=0.2,text/plain;version=0.0.4;q=0.5'],
    ['text', 'application/openmetrics-text;q=0'],
    ['text', 'application/openmetrics-text;version=2.0.0'],
    ['text', 'application/openmetrics-text;q=much'],
    ['openmetrics', 'application/openmetrics-text;q=0.1,text/plain;version=1.0.0;q=0.9'],
    ['text', 'application/openmetrics-text;q=0.5,text/*;q=0.5'],
    ['text', 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'],
  ])('%s for %j', (expected, header) => {
    expect(textFormat(header)).toBe(expected);
  });

  test('that of the greater weight, whatever else is in the header', () => {
    const weight = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
    const noise = fc.array(fc.constantFrom('text/html', 'application/json;q=1', 'image/*', '', ';', 'q=1'), { maxLength: 4 });
    fc.assert(
      fc.property(weight, weight, noise, noise, (openMetrics, text, before, after) => {
        const entries = [`application/openmetrics-text; q=${openMetrics}`, `text/plain;version=0.0.4; q=${text}`];
        const header = [...before, ...entries, ...after].join(', ');
        expect(textFormat(header)).toBe(openMetrics > text ? 'openmetrics' : 'text');
      }),
    );
  });
});

test.each<[boolean, string | undefined]>([
  [true, 'gzip'],
  [true, 'deflate, GZIP;q=0.5'],
  [true, '*'],
  [true, 'identity, *;q=0.1'],
  [false, 'gzip;q=0, *'],
  [false, 'gzip;q=0.000'],
  [false, '*;q=0'],
  [false, 'br, deflate'],
  [false, ''],
  [false, undefined],
])('gzip is taken: %p for %j', (expected, header) => {
  expect(acceptsGzip(header)).toBe(expected);
});
