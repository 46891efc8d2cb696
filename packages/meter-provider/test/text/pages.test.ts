import { describe, expect, jest, test } from '@jest/globals';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import { Catalogue } from '../../src/memory/catalogue.ts';
import type { TextOptions } from '../../src/text/options.ts';
import { TextPages } from '../../src/text/pages.ts';
import { AGGREGATIONS, collapsed, descriptor, exported, gauge, histogram, Recording, textOf } from './recording.ts';

const RESOURCE = { 'service.name': 'shop', 'host.name': 'a"b\\c\n' };

function pagesOf(recording: Recording, options: TextOptions = {}): TextPages {
  return new TextPages(new Catalogue(recording.arena), options);
}

const requests = descriptor('http.requests', { description: 'Requests "served"\nby \\ route' });
const connections = descriptor('pool.connections', { type: InstrumentType.UP_DOWN_COUNTER, unit: '{connection}' });
const temperature = gauge('cpu.temperature', { unit: 'Cel', scope: { name: 'host', version: '1.2', schemaUrl: 'http://x' } });
const duration = histogram('http.server.duration', { unit: 'ms' });
const change = histogram('change', { type: InstrumentType.UP_DOWN_COUNTER });
const size = histogram('payload.size', { unit: 'By', aggregation: AGGREGATIONS.exponential });

function recordAll(recording: Recording, seed: number): void {
  for (let i = 0; i < 5; i++) {
    const value = seed ** 3 * (i + 0.1);
    recording.record(requests, value, { 'http.route': `/${i}`, 'http-route': 'clash' }, 1 + (i % 3));
    recording.record(connections, i - seed, { pool: i });
    recording.record(temperature, value - 50, {}, 1 + (i % 2));
    recording.record(duration, value, { le: 'mine', ok: i % 2 === 0 }, 1 + (i % 3));
    recording.record(change, -value);
    recording.record(size, value, { x: i > 2 }, 1 + (i % 2));
  }
}

describe.each(['specification', 'official'] as const)('naming: %s', (naming) => {
  test.each([256, 2])('writes what the export of a reader writes, as values grow: pages of %d', async (seriesPerPage) => {
    const recording = new Recording();
    const pages = pagesOf(recording, { naming, seriesPerPage, resource: { attributes: RESOURCE } });
    const expected = exported(recording, { naming }, RESOURCE);
    expect(textOf(pages.chunks())).toBe(await expected());
    for (let seed = 1; seed < 40; seed++) {
      recordAll(recording, seed);
      recording.record(requests, 1, { only: seed });
      expect(collapsed(textOf(pages.chunks()))).toEqual(collapsed(await expected()));
    }
  });
});

describe('what is not there', () => {
  test('nothing at all is an empty text, or what the official exporter writes', () => {
    const recording = new Recording();
    expect(textOf(pagesOf(recording).chunks())).toBe('');
    expect(textOf(pagesOf(recording, { naming: 'official', withoutTargetInfo: true }).chunks())).toBe('# no registered metrics\n');
    expect(textOf(pagesOf(recording, { format: 'openmetrics' }).chunks())).toBe('# EOF\n');
  });

  test('a histogram is there from its first value on, in its place', async () => {
    const recording = new Recording();
    recording.register(duration, { n: 1 });
    recording.record(duration, 1, { n: 2 });
    recording.register(histogram('other'));
    const pages = pagesOf(recording);
    const expected = exported(recording, {});
    expect(collapsed(textOf(pages.chunks()))).toEqual(collapsed(await expected()));
    recording.record(duration, 7, { n: 1 });
    const text = textOf(pages.chunks());
    expect(collapsed(text)).toEqual(collapsed(await expected()));
    expect(text.indexOf('n="1"')).toBeLessThan(text.indexOf('n="2"'));
  });

  test('a gauge that was observed goes with its thread, and comes back with the next', async () => {
    const recording = new Recording();
    const memory = gauge('memory', { type: InstrumentType.OBSERVABLE_GAUGE, unit: 'By' });
    const reads = descriptor('reads', { type: InstrumentType.OBSERVABLE_COUNTER });
    const pages = pagesOf(recording);
    const expected = exported(recording, {});
    const same = async (): Promise<string> => {
      const text = textOf(pages.chunks());
      expect(collapsed(text)).toEqual(collapsed(await expected()));
      return text;
    };
    for (const thread of [1, 2, 3]) recording.observe(memory, thread * 1.5, 1, { thread, über: 'é' }, thread);
    recording.observe(reads, 5, 1, {}, 2);
    expect((await same()).match(/^memory_bytes\{/gm)).toHaveLength(3);
    recording.end(2);
    expect((await same()).match(/^memory_bytes\{/gm)).toHaveLength(2);
    recording.end(1);
    recording.end(3);
    const text = await same();
    expect(text).not.toContain('memory');
    expect(text).toContain('reads_total');
    recording.observe(memory, 9, 2, { thread: 2, über: 'é' }, 4);
    recording.observe(memory, 9, 2, { thread: 4, über: 'é' }, 4);
    expect(await same()).toMatch(/thread="4".* 9\n/);
  });
});

test('what is told of a family follows its members', async () => {
  const recording = new Recording();
  const pages = pagesOf(recording);
  const expected = exported(recording, {});
  for (const [i, description] of ['', 'short', 'much longer'].entries()) {
    recording.record(descriptor('told', { description }), 1, {}, 1 + i);
    recording.record(descriptor('told', { description: `other ${description}`, scope: { name: `before ${i}` } }), 1);
    recording.record(descriptor('told', { description, unit: i === 1 ? 's' : '' }), 1);
    expect(collapsed(textOf(pages.chunks()))).toEqual(collapsed(await expected()));
  }
});

describe('series of the same labels', () => {
  test('as the resource are one with it', async () => {
    const recording = new Recording();
    const options = { naming: 'official', withoutScopeInfo: true } as const;
    const pages = pagesOf(recording, options);
    const expected = exported(recording, options);
    for (const attributes of [{}, { other: 1 }]) {
      recording.record(gauge('target_info'), 7, attributes);
      expect(collapsed(textOf(pages.chunks()))).toEqual(collapsed(await expected()));
    }
  });

  test('are one, also when they come to it later and in front', async () => {
    const recording = new Recording();
    const options = { withoutScopeInfo: true };
    const first = gauge('level', { scope: { name: 'a' } });
    const second = gauge('level', { scope: { name: 'b' } });
    const pages = pagesOf(recording, options);
    const expected = exported(recording, options);
    const check = async (): Promise<void> => expect(collapsed(textOf(pages.chunks()))).toEqual(collapsed(await expected()));
    recording.record(first, 1, { k: 1 });
    recording.record(second, 2, { k: 2 });
    await check();
    recording.record(second, 3, { k: 1 });
    await check();
    recording.record(first, 4, { k: 3 });
    recording.record(first, 5, { k: 2 });
    await check();
    for (const value of [6, 7]) recording.record(second, value, { k: value });
    await check();
    for (const value of [7, 8, 6]) recording.record(first, value, { k: value });
    await check();
    recording.record(first, 6, { k: '2' });
    recording.record(second, 7, { k: 2 });
    await check();
  });

  test('of sums and histograms are added up', async () => {
    const recording = new Recording();
    const coarse = { kind: 'histogram', boundaries: [10, 100, 5_000], recordMinMax: false } as const;
    const pages = pagesOf(recording);
    const expected = exported(recording, {});
    for (let round = 1; round < 20; round++) {
      for (const stream of [duration, { ...duration, aggregation: coarse }, { ...duration, aggregation: AGGREGATIONS.exponential }])
        recording.record(stream, round ** 3, { 'a.b': 1 });
      for (const key of ['a.b', 'a-b', 'a_b']) recording.record(requests, round / 3, { [key]: 1 });
      expect(collapsed(textOf(pages.chunks()))).toEqual(collapsed(await expected()));
    }
  });
});

describe('options', () => {
  test.each<[TextOptions]>([
    [{ prefix: 'app' }],
    [{ withoutTargetInfo: true }],
    [{ withoutScopeInfo: true, naming: 'official' }],
    [{ withResourceConstantLabels: /^service/ }],
  ])('%j write what they write in the export', async (options) => {
    const recording = new Recording();
    recordAll(recording, 2);
    const text = textOf(pagesOf(recording, { ...options, resource: { attributes: RESOURCE } }).chunks());
    expect(collapsed(text)).toEqual(collapsed(await exported(recording, options, RESOURCE)()));
  });

  test('streams that are meant for one reader alone', () => {
    const recording = new Recording();
    recording.record(descriptor('all'), 1);
    recording.record(descriptor('some', { readers: [1, 2] }), 1);
    expect(textOf(pagesOf(recording).chunks())).not.toContain('some');
    expect(textOf(pagesOf(recording, { readerIndex: 0 }).chunks())).not.toContain('some');
    expect(textOf(pagesOf(recording, { readerIndex: 2 }).chunks())).toContain('some');
  });

  test.each([
    [{ format: 'json' }, TypeError, /format/],
    [{ readerIndex: -1 }, RangeError, /readerIndex must be an integer from 0/],
    [{ seriesPerPage: 257 }, RangeError, /seriesPerPage must be an integer from 1 to 256/],
    [{ seriesPerPage: 0.5 }, RangeError, /seriesPerPage/],
    [{ prefix: '1st' }, TypeError, /prefix/],
    [{ naming: 'mine' }, TypeError, /naming/],
  ])('%j is refused', (options, error, message) => {
    const make = (): TextPages => pagesOf(new Recording(), options as TextOptions);
    expect(make).toThrow(error);
    expect(make).toThrow(message);
  });

  test('names choose families, by their own name or that of a sample', () => {
    const recording = new Recording();
    recordAll(recording, 2);
    const pages = pagesOf(recording, { resource: { attributes: RESOURCE } });
    const families = (names: Iterable<string>): string[] =>
      Array.from(textOf(pages.chunks(names)).matchAll(/^# TYPE (\S+)/gm), ([, name]) => name!);
    expect(families(['http_requests_total'])).toEqual(['http_requests_total']);
    expect(families(new Set(['payload_size_bytes_bucket', 'target_info', 'nobody']))).toEqual(['target_info', 'payload_size_bytes']);
    expect(families([])).toEqual([]);
    expect(families(['http_server_duration_milliseconds_sum'])).toEqual(['http_server_duration_milliseconds']);
  });

  test('timestamps follow every value, those of series that have not changed too', () => {
    const recording = new Recording();
    recordAll(recording, 2);
    const pages = pagesOf(recording, { appendTimestamp: true });
    for (let round = 0; round < 3; round++) {
      const before = Date.now();
      const lines = textOf(pages.chunks()).split('\n');
      const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
      expect(samples.length).toBeGreaterThan(100);
      for (const line of samples) {
        const [, time] = /^[^{ ]+(?:\{.*\})? +[^ ]+ (\d{13})$/.exec(line)!;
        expect(Number(time)).toBeGreaterThanOrEqual(before);
      }
      recording.record(requests, 1e9, { 'http.route': '/0', 'http-route': 'clash' });
    }
  });

  test.each(['text', 'openmetrics'] as const)('timestamps are of one length, whatever the clock says: %s', (format) => {
    const recording = new Recording();
    recordAll(recording, 2);
    const pages = pagesOf(recording, { appendTimestamp: true, format });
    using clock = stoppedClock();
    for (const now of [42_000, 1_700_000_000_000, 999]) {
      clock.now = now;
      const samples = textOf(pages.chunks())
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'));
      for (const line of samples)
        expect([line, Number(line.slice(line.lastIndexOf(' ')))]).toEqual([line, format === 'text' ? now : now / 1000]);
    }
  });
});

function stoppedClock(): Disposable & { now: number } {
  const spy = jest.spyOn(Date, 'now').mockImplementation(() => clock.now);
  const clock = { now: 0, [Symbol.dispose]: () => spy.mockRestore() };
  return clock;
}
