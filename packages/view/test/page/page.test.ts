import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { htmlPage, livePage, pictureJson } from '../../src/index.ts';
import { decodeDocument } from '../../src/page/shared/wire.ts';
import { bundlePage } from './bundle.ts';
import { picture, series } from './pictures.ts';

beforeAll(() => bundlePage(), 60_000);

const HOSTILE = '</script><img src=x onerror=alert(1)><!--\u2028';

function policyOf(html: string): string {
  return /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
}

function allowed(policy: string, directive: string): readonly string[] {
  return (
    policy
      .split('; ')
      .find((each) => each.startsWith(`${directive} `))
      ?.split(' ')
      .slice(1) ?? []
  );
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** The contents of all elements of a kind, as a browser takes them: up to the first end tag. */
function contents(html: string, tag: string): string[] {
  return Array.from(html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs')), ([, content]) => content!);
}

describe('a page in one file', () => {
  test('runs what it allows to run, and nothing else', () => {
    const html = htmlPage(picture([series('a')]));
    const policy = policyOf(html);
    expect(allowed(policy, 'script-src')).toEqual(contents(html, 'script').map(hash));
    expect(allowed(policy, 'style-src')).toEqual(contents(html, 'style').map(hash));
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toMatch(/unsafe|connect-src|https?:/);
  });

  test('holds its data, which no name can leave', () => {
    const html = htmlPage(picture([series(HOSTILE, { tags: { [HOSTILE]: HOSTILE } })], { from: HOSTILE }), { title: HOSTILE });
    const [data] = Array.from(
      html.matchAll(/<script type="application\/json" id="otel-perf-picture">(.*?)<\/script>/gs),
      ([, json]) => json!,
    );
    expect(decodeDocument(data!)).toMatchObject({ from: HOSTILE, series: [{ name: HOSTILE, tags: { [HOSTILE]: HOSTILE } }] });
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html).not.toContain('<img');
    expect(contents(html, 'title')).toEqual([HOSTILE.replaceAll('<', '&lt;').replaceAll('>', '&gt;')]);
  });

  test('names what it is of', () => {
    expect(contents(htmlPage(picture([], { from: 'a\u202eb' })), 'title')).toEqual(['otel-perf: a\\u{202e}b']);
    expect(() => htmlPage(picture([]), { title: 1 as unknown as string })).toThrow(new TypeError('title must be a string, not number'));
  });
});

describe('a live page', () => {
  test('asks its own server alone, and tells the server what else to say', () => {
    const { html, contentSecurityPolicy } = livePage({ dataPath: '/page/data' });
    expect(allowed(contentSecurityPolicy, 'connect-src')).toEqual(["'self'"]);
    expect(contentSecurityPolicy).toBe(`${policyOf(html)}; frame-ancestors 'none'`);
    expect(html).toContain('<script type="application/json" id="otel-perf-live">{"title":"otel-perf","dataPath":"/page/data"}</script>');
  });

  test.each(['', '//elsewhere.invalid/data', 'http://elsewhere.invalid/data', 'javascript:alert(1)', 'data:,x', '\\\\elsewhere.invalid/'])(
    'refuses %j as the path of its data',
    (dataPath) => {
      expect(() => livePage({ dataPath })).toThrow(RangeError);
    },
  );

  test('takes a path that is relative to its own', () => {
    expect(livePage({ dataPath: 'data?x=1', title: HOSTILE }).html).toContain('"dataPath":"data?x=1"');
    expect(() => livePage({ dataPath: 1 as unknown as string })).toThrow(TypeError);
  });

  test('is given a picture as JSON', () => {
    const figures = { count: 3, average: 0.1 + 0.2, last: Infinity, exactPercentiles: true };
    expect(decodeDocument(pictureJson(picture([series('a', { figures })]))).series[0]!.figures).toEqual(figures);
  });
});
