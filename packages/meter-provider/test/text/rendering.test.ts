import { describe, expect, test } from '@jest/globals';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import { Catalogue } from '../../src/memory/catalogue.ts';
import { TextPages } from '../../src/text/pages.ts';
import { collapsed, descriptor, exported, histogram, Recording, textOf } from './recording.ts';

const latency = histogram('latency', { unit: 's' });
const FORMATS = ['text', 'openmetrics'] as const;

function recorded(series: number): Recording {
  const recording = new Recording();
  for (let i = 0; i < series; i++) recording.record(latency, i % 100, { route: `/${i}` }, 1 + (i % 2));
  return recording;
}

function linesOf(chunk: Uint8Array): string[] {
  return Buffer.from(chunk).toString().split('\n').slice(0, -1);
}

describe.each(FORMATS)('format: %s', (format) => {
  test('10,000 series of which 5 % have changed are what a fresh rendering writes', () => {
    const recording = recorded(10_000);
    const catalogue = new Catalogue(recording.arena);
    const pages = new TextPages(catalogue, { format });
    textOf(pages.chunks());
    for (let round = 1; round < 4; round++) {
      for (let i = round; i < 10_000; i += 20) recording.record(latency, 10 ** round + 0.1, { route: `/${i}` }, 1 + (i % 2));
      const kept = textOf(pages.chunks());
      const fresh = textOf(new TextPages(catalogue, { format }).chunks());
      // Compared as one text: a list of 180,000 lines takes seconds.
      const isSame = format === 'openmetrics' ? kept === fresh : collapsed(kept).join('\n') === collapsed(fresh).join('\n');
      expect(isSame).toBe(true);
    }
  });

  test.each([256, 16])('chunks end with a line, and none has more than %d series', (seriesPerPage) => {
    const recording = recorded(1_000);
    for (let i = 0; i < 2_000; i++) recording.record(descriptor('hits'), i, { user: i });
    const pages = new TextPages(new Catalogue(recording.arena), { format, seriesPerPage });
    for (let round = 0; round < 2; round++) {
      const chunks = [...pages.chunks()];
      for (const chunk of chunks) {
        if (chunk.length === 0) continue;
        expect(chunk.at(-1)).toBe(10);
        const series = new Set(linesOf(chunk).map((line) => /(?:route|user)="[^"]*"/.exec(line)?.[0]));
        // Of metrics with few lines, several pages make a chunk.
        expect(chunk.length <= 32_768 || series.size <= seriesPerPage).toBe(true);
      }
      expect(chunks.length).toBeGreaterThan(1_000 / seriesPerPage);
    }
  });

  test('the first rendering pauses for labels too: every 32 new series at least', () => {
    const pages = new TextPages(new Catalogue(recorded(1_000).arena), { format });
    const chunks = [...pages.chunks()];
    expect(chunks.filter((chunk) => chunk.length === 0).length).toBeGreaterThanOrEqual(Math.floor(1_000 / 32));
  });

  test('and for families: every 32 new ones at least', () => {
    const recording = new Recording();
    for (let i = 0; i < 320; i++) recording.record(descriptor(`metric.${i}`), 1);
    const pages = new TextPages(new Catalogue(recording.arena), { format });
    const isEmpty = (chunk: Uint8Array): boolean => chunk.length === 0;
    const [first, second] = [[...pages.chunks()], [...pages.chunks()]];
    expect(first.filter(isEmpty).length).toBeGreaterThanOrEqual(20);
    expect(second.filter(isEmpty).length).toBeLessThan(10);
    expect(textOf(second)).toBe(textOf(first));
  });

  test('two first renderings at once give the same names', () => {
    const recording = new Recording();
    for (let i = 0; i < 200; i++)
      recording.record(
        descriptor('clash', {
          unit: `{${i}}`,
          scope: { name: `${i % 9}` },
          type: i % 2 === 0 ? InstrumentType.COUNTER : InstrumentType.UP_DOWN_COUNTER,
        }),
        i,
        { i },
      );
    const pages = new TextPages(new Catalogue(recording.arena), { format });
    const [one, other] = [pages.chunks(), pages.chunks()];
    const parts: Uint8Array[][] = [[], []];
    for (let open = true; open; ) {
      open = false;
      for (const [i, rendering] of [one, other].entries()) {
        const chunk = rendering.next();
        if (chunk.done === true) continue;
        open = true;
        parts[i]!.push(chunk.value);
      }
    }
    expect(textOf(parts[1]!)).toBe(textOf(parts[0]!));
    expect(textOf(parts[0]!)).toBe(textOf(pages.chunks()));
  });

  test('a series is shown as it is when its chunk is asked for', () => {
    const recording = recorded(600);
    const pages = new TextPages(new Catalogue(recording.arena), { format });
    textOf(pages.chunks());
    const rendering = pages.chunks();
    const first = rendering.next();
    for (let i = 0; i < 600; i++) recording.record(latency, 1, { route: `/${i}` }, 1 + (i % 2));
    const rest = textOf(rendering);
    expect(Buffer.from(first.value ?? []).toString()).not.toMatch(/_count\{.*\} +2\n/);
    expect(rest).toMatch(/route="\/599".* +2\n/);
  });

  test('series that come while a rendering is under way are in the next one at the latest, and nothing is twice', async () => {
    const recording = recorded(600);
    const pages = new TextPages(new Catalogue(recording.arena), { format });
    const one = pages.chunks();
    const parts = [one.next().value as Uint8Array];
    let n = 600;
    const add = (): void => recording.record(latency, 1, { route: `/${n++}` });
    for (let chunk = one.next(); chunk.done !== true; chunk = one.next()) {
      parts.push(chunk.value);
      add();
      textOf(pages.chunks());
    }
    const routesOf = (text: string): string[] => Array.from(text.matchAll(/_bucket\{route="([^"]*)".*le="\+Inf"/g), ([, route]) => route!);
    const routes = routesOf(Buffer.concat(parts).toString());
    expect(new Set(routes).size).toBe(routes.length);
    expect(routes.length).toBeGreaterThanOrEqual(600);
    expect(routesOf(textOf(pages.chunks()))).toHaveLength(n);
    const lines = collapsed(textOf(new TextPages(new Catalogue(recording.arena)).chunks()));
    expect(lines).toEqual(collapsed(await exported(recording, {})()));
  });

  test('two renderings at once are each whole, and bytes that were given out stay what they are', () => {
    const recording = recorded(1_000);
    const pages = new TextPages(new Catalogue(recording.arena), { format, seriesPerPage: 64 });
    textOf(pages.chunks());
    const renderings = [pages.chunks(), pages.chunks(), pages.chunks()];
    const kept: Uint8Array[][] = [[], [], []];
    const copies: Buffer[][] = [[], [], []];
    let round = 0;
    for (let open = true; open; round++) {
      open = false;
      for (const [i, rendering] of renderings.entries()) {
        // At different paces.
        if (i > 0 && round % (i + 1) !== 0) {
          open = true;
          continue;
        }
        const chunk = rendering.next();
        if (chunk.done === true) continue;
        open = true;
        kept[i]!.push(chunk.value);
        copies[i]!.push(Buffer.from(chunk.value));
        for (let n = round; n < 1_000; n += 7) recording.record(latency, 1.1 ** round, { route: `/${n}` }, 1 + (n % 2));
        if (i === 0 && round === 10) renderings[2]!.release();
      }
    }
    for (const i of [0, 1]) {
      expect(Buffer.concat(kept[i]!).equals(Buffer.concat(copies[i]!))).toBe(true);
      const text = Buffer.concat(copies[i]!).toString();
      expect(text.match(/_bucket\{.*le="\+Inf"/g)).toHaveLength(1_000);
      expectWhole(text);
    }
  });
});

describe('release', () => {
  test('lets pages be written over in place; without it, they are copied', () => {
    const recording = recorded(200);
    const pages = new TextPages(new Catalogue(recording.arena));
    const render = (): { rendering: ReturnType<TextPages['chunks']>; page: Uint8Array } => {
      recording.record(latency, 1, { route: '/3' }, 2);
      const rendering = pages.chunks();
      const page = [...rendering].reduce((a, b) => (a.length >= b.length ? a : b));
      return { rendering, page };
    };
    const first = render();
    first.rendering.release();
    const second = render();
    expect(second.page.buffer).toBe(first.page.buffer);
    const third = render();
    expect(third.page.buffer).not.toBe(second.page.buffer);
    third.rendering.release();
    third.rendering.release();
    second.rendering.release();
    expect(render().page.buffer).toBe(third.page.buffer);
  });

  test('of one rendering leaves what another has given out', () => {
    const recording = recorded(200);
    const pages = new TextPages(new Catalogue(recording.arena));
    const [one, other] = [pages.chunks(), pages.chunks()];
    const chunks = [...one];
    const copy = Buffer.concat(chunks);
    textOf(other);
    other.release();
    for (let i = 0; i < 200; i++) recording.record(latency, 5, { route: `/${i}` }, 1 + (i % 2));
    textOf(pages.chunks());
    expect(Buffer.concat(chunks).equals(copy)).toBe(true);
  });

  test('missing, leaves the bytes of pages alone that are put together anew', () => {
    const recording = recorded(100);
    const pages = new TextPages(new Catalogue(recording.arena), { format: 'openmetrics' });
    const chunks = [...pages.chunks()];
    const copy = Buffer.concat(chunks);
    for (let i = 0; i < 5; i++) {
      recording.record(latency, 1, { route: `/new ${i}` });
      if (i > 0) recording.record(latency, 1, { route: '/3' }, 2);
      const rendering = pages.chunks();
      textOf(rendering);
      rendering.release();
    }
    expect(Buffer.concat(chunks).equals(copy)).toBe(true);
  });

  test('ends a rendering that is under way, as return() does', () => {
    const pages = new TextPages(new Catalogue(recorded(600).arena));
    for (const end of ['release', 'return'] as const) {
      const rendering = pages.chunks();
      rendering.next();
      rendering[end]();
      expect(rendering.next().done).toBe(true);
    }
    expect(textOf(pages.chunks()).match(/le="\+Inf"/g)).toHaveLength(600);
  });
});

/** Of every series, cumulative buckets rise to the count. */
function expectWhole(text: string): void {
  const counts = new Map<string, number[]>();
  for (const [, kind, route, value] of text.matchAll(/^latency_seconds_(count|bucket)\{route="([^"]*)".*\} +(\d+)$/gm)) {
    const known = counts.get(route!) ?? [];
    if (kind === 'count') known.unshift(Number(value));
    else known.push(Number(value));
    counts.set(route!, known);
  }
  expect(counts.size).toBe(1_000);
  for (const [count, ...buckets] of counts.values()) {
    expect(buckets.at(-1)).toBe(count);
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
  }
}
