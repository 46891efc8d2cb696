import { fileURLToPath } from 'node:url';
import type { Diagnosis } from '@otel-perf/node';
import { isOldLine } from '../line.ts';
import { run, start, type Ended, type RunOptions, type Running } from '../run.ts';

export type Diagnosed = Diagnosis & { readonly seen?: unknown };

export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** What `doctor()` says in a process that runs the fixture. */
export async function diagnosed(name: string, options: object = {}, { args = [], ...rest }: RunOptions = {}): Promise<Diagnosed> {
  const ended = await run(name.startsWith('/') ? name : fixture(name), { ...rest, args: ['doctor', JSON.stringify(options), ...args] });
  return ended.said<Diagnosed>();
}

/** Codes of the problems that were found. */
export function problems({ findings }: Diagnosis): string[] {
  return findings.filter(({ level }) => level === 'problem').map(({ code }) => code);
}

/** Message and remedy of the finding of that level and code. */
export function text({ findings }: Diagnosis, level: string, code: string): string {
  const found = findings.filter((finding) => finding.level === level && finding.code === code);
  if (found.length !== 1) throw new Error(`${found.length} of ${level} ${code} in ${JSON.stringify(findings, null, 2)}`);
  return [found[0]!.message, found[0]!.remedy ?? ''].join('\n');
}

const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const LINE_2 = fileURLToPath(new URL('../line-2-hook.mjs', import.meta.url));

/** The programs run from the sources too, and on the line that is tested: what is required comes before all that is imported. */
export const NODE_OPTIONS = ['--conditions=@otel-perf/source', ...(isOldLine ? [`--require=${LINE_2}`] : [])].join(' ');

/** Starts `otel-perf` with these arguments. */
export function startCommand(args: readonly string[], env: RunOptions['env'] = {}): Running {
  return start(CLI, { args, env: { NODE_OPTIONS, ...env } });
}

/** Runs it to its end. */
export function command(args: readonly string[], env?: RunOptions['env']): Promise<Ended> {
  return startCommand(args, env).ended;
}

/** `otel-perf doctor` on a fixture, which it looks at when that has nothing left to do. */
export function commandOn(name: string, options: object = {}, env?: RunOptions['env']): Promise<Ended> {
  return command(['doctor', '--after', '60', '--json', 'node', fixture(name), 'none', JSON.stringify(options)], env);
}

/** The diagnosis that it printed as JSON. */
export function printed({ stdout, stderr }: Ended): Diagnosis {
  try {
    return JSON.parse(stdout) as Diagnosis;
  } catch {
    throw new Error(`no diagnosis: ${stdout}${stderr}`);
  }
}
