import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { TestEndpoint } from './endpoint.ts';
import { HARMFUL, OWN } from './hostile.ts';
import { TestTerminal } from './terminal.ts';

const TOP = join(import.meta.dirname, 'top.fixture.ts');
const CRASH = join(import.meta.dirname, 'crash.fixture.ts');
const ESCAPE = '\x1b';
jest.setTimeout(60_000);

let endpoint: TestEndpoint;
let terminal: TestTerminal | undefined;

beforeEach(async () => {
  endpoint = await new TestEndpoint().up();
});
afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
  await endpoint.close();
});

function start(args: readonly string[] = [], options: ConstructorParameters<typeof TestTerminal>[1] = {}): TestTerminal {
  terminal = new TestTerminal([TOP, endpoint.url, '--every', '0.5', ...args], options);
  return terminal;
}

const cells = (text: string, name: string) =>
  text
    .split('\n')
    .find((line) => line.replace('*', '').startsWith(name))
    ?.trim()
    .split(/ {2,}/);

describe('on a terminal', () => {
  test('the view has the figures that the endpoint has: since the start, then of each interval', async () => {
    const advice = { explicitBucketBoundaries: [0.1, 0.2, 0.4] };
    const load = endpoint.meter.createHistogram('load', { unit: 's', advice });
    const hits = endpoint.meter.createCounter('hits');
    for (let i = 0; i < 1000; i++) load.record(0.15, { to: '名前' });
    hits.add(41);
    endpoint.meter.createGauge('temperature').record(36.6);
    const top = start(['--every', '1']);
    const first = await top.until('the first scrape', (text) => text.includes('temperature'));
    expect(first).toContain('since the start');
    expect(cells(first, 'load')!.slice(1, 6)).toEqual(['–', '150 ms', '195 ms', '199 ms', '1,000']);
    expect(cells(first, 'hits_total')!.slice(0, 3)).toEqual(['*hits_total', '–', '41']);
    expect(cells(first, 'temperature')![1]).toBe('36.6');

    await top.until('the second scrape', (text) => text.includes('of the last 1'));
    for (let i = 0; i < 20; i++) load.record(0.3, { to: '名前' });
    hits.add(1);
    const next = await top.until('what was recorded', (text) => text.includes('1,020'));
    // All 20 are in (0.2, 0.4]: ranks 10, 19 and 19.8.
    expect(cells(next, 'load')!.slice(2, 6)).toEqual(['300 ms', '390 ms', '398 ms', '1,020']);
    expect(cells(next, 'hits_total')![2]).toBe('42');
    await top.until('an interval without any', (text) => cells(text, 'load')!.slice(1, 4).join() === '0/s,–,–');
  });

  test.each([
    ['q', (top: TestTerminal) => top.press('q')],
    ['Escape', (top: TestTerminal) => top.press(ESCAPE)],
    ['Ctrl-C', (top: TestTerminal) => top.press('\x03')],
    ['SIGTERM', (top: TestTerminal) => process.kill(top.pid, 'SIGTERM')],
    ['SIGINT', (top: TestTerminal) => process.kill(top.pid, 'SIGINT')],
    ['SIGHUP', (top: TestTerminal) => top.hangUp()],
  ])('%s ends it with status 0 and gives the screen back', async (_, end) => {
    endpoint.meter.createCounter('hits').add(1);
    const top = start();
    await top.until('the first scrape', (text) => text.includes('hits_total'));
    expect([top.isAlternate, top.isCursorShown, top.wraps]).toEqual([true, false, false]);
    end(top);
    expect(await top.exit).toMatchObject({ exitCode: 0 });
    expect([top.isAlternate, top.isCursorShown, top.wraps]).toEqual([false, true, true]);
    expect(top.text).toBe('');
  });

  test.each([
    ['throw', 1],
    ['reject', 1],
    ['exit', 7],
  ])('an uncaught %s gives the screen back', async (how, exitCode) => {
    endpoint.meter.createCounter('hits').add(1);
    terminal = new TestTerminal([CRASH, how, endpoint.url, '--every', '0.5']);
    await terminal.until('the first scrape', (text) => text.includes('hits_total'));
    process.kill(terminal.pid, 'SIGUSR2');
    expect(await terminal.exit).toMatchObject({ exitCode });
    expect([terminal.isAlternate, terminal.isCursorShown, terminal.wraps]).toEqual([false, true, true]);
    expect(terminal.text.includes('an error of the test')).toBe(how !== 'exit');
  });

  test('a terminal that goes away ends it', async () => {
    endpoint.meter.createCounter('hits').add(1);
    const top = start();
    await top.until('the first scrape', (text) => text.includes('hits_total'));
    top.destroy();
    expect(await top.exit).toMatchObject({ exitCode: 0 });
  });

  test('after a stop it takes the terminal again, and draws all anew', async () => {
    endpoint.meter.createCounter('hits').add(1);
    const top = start(['--every', '3600']);
    await top.until('the first scrape', (text) => text.includes('hits_total'));
    const before = top.written.length;
    process.kill(top.pid, 'SIGSTOP');
    process.kill(top.pid, 'SIGCONT');
    await top.until('all of it', () => /^\S*?\[\?1049h.*hits_total/s.test(top.written.slice(before)));
    top.press('q');
    expect(await top.exit).toMatchObject({ exitCode: 0 });
  });

  test('it follows the size of the terminal', async () => {
    const hits = endpoint.meter.createCounter('hits');
    for (let i = 0; i < 100; i++) hits.add(1, { n: i });
    const top = start([], { columns: 100, rows: 24 });
    await top.until('a full screen', (text) => text.includes('of 101') && text.includes('of the last'));
    for (const [columns, rows] of [
      [40, 10],
      [200, 60],
    ] as const) {
      top.resize(columns, rows);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const text = await top.until(
        `${columns} columns`,
        (shown) => shown.split('\n').length === rows && shown.includes(`–${rows - 3} of 101`),
      );
      expect(text).toContain('Counters (100)');
      expect(text.split('\n')[2]!.length).toBeGreaterThan(columns / 2);
    }
  });

  test('keys scroll, sort, filter, pause and help', async () => {
    for (const name of ['alpha', 'beta', 'gamma']) endpoint.meter.createCounter(name).add(1);
    const top = start([], { columns: 90, rows: 10 });
    await top.until('the figures', (text) => text.includes('of the last') && text.includes('gamma_total'));
    top.press('s');
    await top.until('the sort column', (text) => text.includes('sort: p95'));
    top.press('?');
    await top.until('the help', (text) => text.includes('scroll by a line'));
    top.press('\x1b[6~\x1b[6~');
    await top.until('more of it', (text) => !text.includes('scroll by a line') && text.includes('calls/s of a stage'));
    top.press('?');
    top.press('/bet');
    await top.until('one row', (text) => text.includes('/bet_') && text.includes('beta_total') && !text.includes('alpha_total'));
    top.press('\r');
    await top.until('the filter', (text) => text.includes('filter: bet'));
    top.press('p');
    await top.until('the pause', (text) => text.includes('PAUSED'));
    const { scrapes } = endpoint;
    await sleep(1500);
    expect(endpoint.scrapes - scrapes).toBeLessThanOrEqual(1);
    top.press('p');
    await top.until('going on', (text) => !text.includes('PAUSED'));
    await top.until('another scrape', () => endpoint.scrapes > scrapes + 1);
  });

  test('an endpoint that is down is told and asked again, and the view stays', async () => {
    endpoint.meter.createCounter('hits').add(41);
    const top = start();
    await top.until('the figures', (text) => text.includes('of the last'));
    await endpoint.down();
    const text = await top.until('the error', (shown) => shown.includes('2 scrapes failed'));
    expect(text).toContain('ECONNREFUSED');
    expect(cells(text, 'hits_total')![2]).toBe('41');
    await endpoint.up();
    await top.until('the figures again', (shown) => !shown.includes('error') && shown.includes('of the last'));
  });

  test('an endpoint that is down from the beginning is waited for', async () => {
    endpoint.meter.createCounter('hits').add(41);
    await endpoint.down();
    const top = start();
    await top.until('the error', (text) => text.includes('failed') && text.includes('no figures yet'));
    await endpoint.up();
    await top.until('the figures', (text) => text.includes('hits_total'));
  });

  test('nothing that the endpoint says is a command to the terminal', async () => {
    const evil = `${ESCAPE}[2J${ESCAPE}]0;owned\x07\x9b31m\x90q\x9c\r\n\x08`;
    endpoint.meter.createCounter('hits').add(1, { evil, 'to\u202e': '\u2066😀' });
    const top = start();
    await top.until('the figures', (text) => text.includes('of the last') && text.includes('hits_total'));
    top.press(`/${ESCAPE}[31m`);
    await sleep(200);
    expect(top.written.replace(OWN, '')).not.toMatch(HARMFUL);
  });

  test.each([
    ['--no-color', [], { NO_COLOR: '' }, ['--no-color']],
    ['NO_COLOR', [], { NO_COLOR: '1' }, []],
  ])('%s takes the colours away and nothing else', async (_, __, env, args) => {
    endpoint.meter.createCounter('hits').add(1);
    const coloured = start([]);
    await coloured.until('the figures', (text) => text.includes('of the last'));
    await coloured.close();
    const top = start(args, { env });
    await top.until('the figures', (text) => text.includes('of the last'));
    // oxlint-disable-next-line no-control-regex -- escape sequences are what it is about
    const colours = /\x1b\[(?:\d+;)*(?:3|4)\d(?:;\d+)*m/;
    expect(coloured.written).toMatch(colours);
    expect(top.written).not.toMatch(colours);
    expect(top.lines.at(-1)).toBe(coloured.lines.at(-1));
  });

  test('only lines that changed are written', async () => {
    const hits = endpoint.meter.createCounter('hits');
    for (let i = 0; i < 20; i++) hits.add(1, { n: i });
    const top = start(['--every', '3600'], { columns: 200, rows: 40 });
    await top.until('the figures', (text) => text.includes('hits_total'));
    await sleep(300);
    const before = top.written.length;
    top.press('/');
    await top.until('the line', (text) => text.endsWith('/_'));
    const written = top.written.slice(before);
    expect(written.startsWith('\x1b[40;1H\x1b[2K')).toBe(true);
    expect(written.length).toBeLessThan(60);
  });
});
