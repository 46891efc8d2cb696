import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { codeBlocks, ROOT } from '../../../compat/test/code-blocks.ts';
import { CLASSIFIER } from '../infer/models.ts';
import { fixturePath } from '../preprocess/set-up.ts';

const [block, ...others] = codeBlocks('packages/cpu-pipeline/README.md');
const TSCONFIG = { extends: join(ROOT, 'tsconfig.test.json'), include: ['*.ts'] };
const SAMPLE = fixturePath('scene.png');

/** Inside the package, so that the example finds what its users find. */
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(import.meta.dirname, '.generated-'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  writeFileSync(join(folder, 'example.ts'), block!.code);
  const files = join(folder, 'files');
  mkdirSync(files);
  copyFileSync(CLASSIFIER, join(files, 'direction.onnx'));
  await sharp(SAMPLE).toFile(join(files, 'upright.png'));
  await sharp(SAMPLE).rotate(180).toFile(join(files, 'turned.png'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the example of the README is free of type errors', () => {
  expect(others).toHaveLength(0);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
}, 60_000);

test('the example of the README runs', async () => {
  const args = ['--conditions=@otel-perf/source', '--no-warnings', join(folder, 'example.ts')];
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: join(folder, 'files'), env, timeout: 60_000 });
  expect(stderr).toBe('');
  const number = String.raw`[\d.e-]+`;
  const classes = String.raw`\[ ${number}, ${number} \]`;
  expect(stdout).toMatch(new RegExp(`^upright.png ${classes}\nmissing.png failed in preprocess\nturned.png ${classes}\n${classes}\n$`));
}, 60_000);
