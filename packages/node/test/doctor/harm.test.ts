import { describe, expect, test } from '@jest/globals';
import { run } from '../run.ts';
import { commandOn, diagnosed, fixture, printed, problems, text } from './run.ts';

describe('the doctor never rejects and does no harm where', () => {
  test.concurrent.each([
    ['a callback throws', { callback: 'throws' }, 'collection-fails', /no sensor[^]*callback of an observable instrument/],
    ['a callback hangs', { callback: 'hangs' }, 'collection-fails', /timed out\.\n/],
    [
      'an exporter throws',
      { exporter: 'throws' },
      'export-fails',
      /LoadExporter cannot deliver \(1 of 1 exports failed\): the disk is full/,
    ],
    ['an exporter hangs', { exporter: 'hangs' }, 'export-fails', /LoadExporter.export took longer than 200 ms/],
  ])('%s', async (_, options, code, words) => {
    const diagnosis = await diagnosed('harmful.mjs', options);
    expect(problems(diagnosis)).toEqual([code]);
    expect(text(diagnosis, 'problem', code)).toMatch(words);
    expect(diagnosis.seen).toEqual({ unhandled: [], orders: 3 });
  });

  test.concurrent('an exporter hangs at the natural end of a program', async () => {
    const ended = await commandOn('harmful.mjs', { exporter: 'hangs' });
    expect([problems(printed(ended)), ended.code]).toEqual([['export-fails'], 1]);
  });

  test.concurrent('the start is refused meanwhile', async () => {
    const diagnosis = await diagnosed('failed-start.mjs');
    expect([problems(diagnosis), diagnosis.seen]).toEqual([['no-provider'], expect.stringContaining('exportIntervalMillis')]);
  });

  test.concurrent('its folder is gone', async () => {
    const diagnosis = await diagnosed('folder-gone.mjs');
    expect(problems(diagnosis)).toEqual(['no-provider']);
  });
});

test.concurrent.each(['none', 'prometheus'])('looking again, and twice at once, finds the same (%s)', async (OTEL_METRICS_EXPORTER) => {
  const ended = await run(fixture('twice.mjs'), { env: { OTEL_METRICS_EXPORTER, OTEL_EXPORTER_PROMETHEUS_PORT: '0' } });
  const [first, ...others] = ended.said<string[][]>();
  expect(others).toEqual([first, first]);
  expect(first).toContain(OTEL_METRICS_EXPORTER === 'none' ? 'problem exporter-none' : 'hint never-scraped');
});
