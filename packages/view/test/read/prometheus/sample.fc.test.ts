import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSample } from '../../../src/read/prometheus/sample.ts';
import { hostileText } from '../hostile.ts';

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

const plainLabel = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/);
const space = fc.stringMatching(/^[ \t]{0,2}$/);
const metricName = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,8}$/);
const labels = fc.array(
  fc.tuple(
    fc.oneof(
      plainLabel.map((name) => [name, name]),
      hostileText.map((name) => [name, `"${escaped(name)}"`]),
    ),
    hostileText,
  ),
  {
    maxLength: 4,
  },
);
const value = fc.double().map((x) => x + 0);

test('whatever names and values labels have, they are read as they were written', () => {
  fc.assert(
    fc.property(
      metricName,
      labels,
      value,
      fc.option(fc.integer()),
      space,
      fc.boolean(),
      (name, pairs, number, timestamp, gap, isQuoted) => {
        const texts = pairs.map(([[, label], text]) => `${label}${gap}=${gap}"${escaped(text)}"`);
        const head = isQuoted ? `{${[`"${name}"`, ...texts].join(`${gap},${gap}`)}}` : `${name}{${texts.join(`,${gap}`)}${gap}}`;
        const spelled = Number.isFinite(number)
          ? String(number)
          : ['NaN', '+Inf', '-Inf'][[NaN, Infinity, -Infinity].findIndex((each) => Object.is(each, number))];
        const sample = parseSample(`${gap}${head} ${spelled}${timestamp === null ? '' : ` ${timestamp}`}${gap}`);
        expect(sample).toEqual({
          name,
          labels: pairs.filter(([, text]) => text !== '').map(([[label], text]) => [label, text]),
          value: number,
          ...(timestamp === null ? {} : { timestamp }),
        });
      },
    ),
    { numRuns: 500 },
  );
});

test('no line makes it do anything but read or refuse', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        hostileText,
        fc.string(),
        fc.tuple(metricName, hostileText).map(([name, rest]) => `${name}{${rest}`),
      ),
      (line) => {
        try {
          expect(typeof parseSample(line).name).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
          expect((error as Error).message).not.toBe('');
        }
      },
    ),
    { numRuns: 500 },
  );
});
