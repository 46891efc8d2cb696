import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Folder, series } from '../folder.ts';

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

const histogram = fc.record({
  bounds: fc
    .uniqueArray(
      fc.double({ min: -5, max: 100, noNaN: true }).map((x) => x + 0),
      { minLength: 1, maxLength: 8 },
    )
    .map((bounds) => bounds.sort((a, b) => a - b)),
  counts: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 9, maxLength: 9 }),
});

/** Cumulative, one more than there are bounds. */
function lines(name: string, { bounds, counts }: { bounds: number[]; counts: number[] }): [series: string, value: number][] {
  let cumulative = 0;
  return [...bounds.map(String), '+Inf'].map((le, i) => [`${name}_bucket{le="${le}"}`, (cumulative += counts[i]!)]);
}

(hasPromtool || process.env['CI'] === 'true' ? test : test.skip)(
  'percentiles are those of Prometheus’ own histogram_quantile',
  async () => {
    await using folder = await Folder.make();
    const samples = fc
      .sample(histogram, { numRuns: 60, seed: 7 })
      .map((each, i) => lines(`h${i}`, each))
      .filter((each) => each.at(-1)![1] > 0);
    expect(samples.length).toBeGreaterThan(50);
    const named = samples.map((each) => [each[0]![0].split('_')[0]!, each] as const);
    const picture = await folder.read(
      named.map(([name, each]) => `# TYPE ${name} histogram\n${each.map((line) => `${line.join(' ')}\n`).join('')}`).join(''),
    );
    const expressions = named.flatMap(([name]) =>
      (['p50', 'p95', 'p99'] as const).map((key) => ({
        expr: `histogram_quantile(0.${key.slice(1)}, ${name}_bucket)`,
        eval_time: '0m',
        exp_samples: [{ labels: '{}', value: series(picture, name).figures[key] }],
      })),
    );
    const input = samples.flat().map(([name, value]) => ({ series: name, values: String(value) }));
    // JSON is YAML.
    const rules = { evaluation_interval: '1m', tests: [{ interval: '1m', input_series: input, promql_expr_test: expressions }] };
    await writeFile(folder.file('rules.yml'), JSON.stringify(rules));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', folder.file('rules.yml')], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(`${stdout}${stderr}`).toContain('SUCCESS');
    expect(status).toBe(0);
  },
);
