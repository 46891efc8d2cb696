import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** Where the two versions of the API are that the repository has. */
const VERSIONS = { '1.9.0': join(ROOT, 'test/otel-2/node_modules'), '1.10.0': join(ROOT, 'packages/node/node_modules') };

export type ApiVersion = keyof typeof VERSIONS;

/** A program of which a part, telemetry/, has a copy of the API of its own, by which it sets a MeterProvider. */
export class Layout {
  readonly #folder: string;

  /** Runs `use` on a program with these copies. `declared`: whether the program's package.json has the API. */
  static async with<T>(app: ApiVersion, telemetry: ApiVersion, use: (layout: Layout) => Promise<T>, declared = true): Promise<T> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'otel-perf-copies-')));
    try {
      await cp(fileURLToPath(new URL('fixtures/copies', import.meta.url)), folder, { recursive: true });
      await copyApi(app, folder);
      await link(join(ROOT, 'packages/node'), join(folder, 'node_modules/@otel-perf/node'));
      const part = join(folder, 'telemetry');
      await copyApi(telemetry, part);
      await link(join(VERSIONS[telemetry], '@opentelemetry/sdk-metrics'), join(part, 'node_modules/@opentelemetry/sdk-metrics'));
      const dependencies = declared ? { '@opentelemetry/api': app } : {};
      await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
      return await use(new Layout(folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Path of a program of fixtures/copies/. */
  program(name: string): string {
    return join(this.#folder, name);
  }
}

async function copyApi(version: ApiVersion, folder: string): Promise<void> {
  const into = join(folder, 'node_modules/@opentelemetry/api');
  await cp(await realpath(join(VERSIONS[version], '@opentelemetry/api')), into, { recursive: true });
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path, 'junction');
}
