import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { timeFunction } from '../src/index.ts';
import { bench } from './support/collector.ts';

const directory = mkdtempSync(join(tmpdir(), 'otel-perf-tsc-'));
const fixture = fileURLToPath(new URL('fixtures/standard.mts', import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

type Fixture = typeof import('./fixtures/standard.mts');

describe('standard decorators as TypeScript emits them', () => {
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each(['es2018', 'es2022'])('for %s call ours rightly', async (target) => {
    const outDir = join(directory, target);
    const options = ['--outDir', outDir, '--target', target, '--module', 'nodenext', '--noCheck', '--ignoreConfig'];
    execFileSync(process.execPath, [tsc, fixture, ...options], { cwd: directory });
    const { makeClasses } = (await import(pathToFileURL(join(outDir, 'standard.mjs')).href)) as Fixture;
    const { collector, log } = bench();
    const { Base, Whole } = makeClasses((name) => timeFunction(name, { collector }));
    const whole = new Whole();
    const base = Base.make();
    expect(whole.method(1)).toBe(20);
    base.value = 3;
    expect([base.value, base.callHidden(), base.field(1), (base.auto += 1)]).toEqual([3, 3, 4, 6]);
    expect(log()).toEqual([
      'Base.make make_time',
      'Base.method method_time',
      'Whole.method whole_method_time',
      'Base.value set_value_time',
      'Base.value get_value_time',
      'Base.#hidden #hidden_time',
      'Base.field field_time',
      'Base.auto get_auto_time',
      'Base.auto set_auto_time',
    ]);
  });
});
