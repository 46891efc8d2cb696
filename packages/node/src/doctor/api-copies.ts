import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { metrics } from '@opentelemetry/api';
import { watchStandIn } from './stand-ins.ts';

/** A copy of `@opentelemetry/api`. */
export interface ApiCopy {
  readonly folder: string;
  readonly version: string;
  /** Whether the instruments that are made through it are known. */
  readonly watched: boolean;
}

const API = '@opentelemetry/api';
const require = createRequire(import.meta.url);

/** Folders of the copies that the program loads, for a hook that sees it do so. */
const seen = new Set<string>();
let sees = false;

/** From now on the copies are those that `noteResolved` is told of, and no guesses. */
export function seeCopies(): void {
  sees = true;
}

/** Notes what a module of the program imports or requires, before it is loaded. */
export function noteResolved(specifier: string, url: string): void {
  try {
    if (!url.startsWith('file:')) return;
    if (specifier === API) watchCopy(fileURLToPath(url));
    // Was loaded by the hook, for itself, so that what it imports is not seen again.
    else if (/^@otel-perf\/|^@opentelemetry\/sdk-metrics/.test(specifier)) noteFolder(createRequire(url).resolve(API));
  } catch {
    // The program is to find out for itself that it cannot be loaded.
  }
}

function watchCopy(file: string): void {
  const folder = noteFolder(file);
  // The very module that the program gets, be it CommonJS or ESM.
  if (folder !== undefined) watchStandIn((require(file) as { metrics: typeof metrics }).metrics, folder);
}

function noteFolder(file: string): string | undefined {
  const folder = packageFolder(file);
  if (folder !== undefined) seen.add(folder);
  return folder;
}

/** From now on the instruments are known that are made through copies that `require` has loaded already, or will for a CommonJS program. */
export function watchRequired(): void {
  const { main } = require;
  if (main !== undefined) {
    try {
      // An ES module's copy of the code is another one.
      createRequire(main.filename)(API);
    } catch {
      // It does without.
    }
  }
  for (const [file, module] of Object.entries(require.cache ?? {})) {
    const folder = packageFolder(file);
    // What other modules export is not looked at: it may be a proxy that throws, or a getter that does something.
    if (folder === undefined) continue;
    const { metrics: api } = (module?.exports ?? {}) as { metrics?: typeof metrics };
    if (typeof api?.getMeterProvider === 'function') watchStandIn(api, folder);
  }
}

/** Folder of the copy that is imported here. */
export function ownFolder(): string | undefined {
  return packageFolder(resolvedFrom(import.meta.url));
}

/**
 * The copies that this process uses: those that were seen. Where nothing watches, the one that is imported here, those that were loaded by
 * `require`, and the one that the package of the main script has among its dependencies.
 */
export function apiCopies(): ApiCopy[] {
  const guessed = sees ? [] : [ownFolder(), ...Object.keys(require.cache ?? {}).map(packageFolder), mainScriptsFolder()];
  const folders = new Set([...seen, ...guessed].filter((folder) => folder !== undefined));
  return Array.from(folders, (folder) => ({ folder, version: versionIn(folder), watched: seen.has(folder) })).filter(
    (copy): copy is ApiCopy => copy.version !== undefined,
  );
}

/** Without being named as a dependency, it may be there for another package that is hoisted. */
function mainScriptsFolder(): string | undefined {
  const [, script] = process.argv;
  try {
    const manifest = script && findPackageJSON(pathToFileURL(script));
    if (!manifest) return undefined;
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, object | undefined>;
    return API in { ...dependencies, ...peerDependencies } ? packageFolder(resolvedFrom(manifest)) : undefined;
  } catch {
    return undefined;
  }
}

function resolvedFrom(file: string): string {
  try {
    return createRequire(file).resolve(API);
  } catch {
    return '';
  }
}

function packageFolder(file: string): string | undefined {
  const inside = file.lastIndexOf(`${sep}${join('@opentelemetry', 'api')}${sep}`);
  return inside < 0 ? undefined : file.slice(0, inside + 1 + API.length);
}

function versionIn(folder: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string };
    return name === API ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a copy of the API heeds what one of `registered` has set: it must be of the same minor version or an earlier one. */
export function heeds(copy: string, registered: string): boolean {
  const [major, minor] = copy.split('.').map(Number);
  const [otherMajor, otherMinor] = registered.split('.').map(Number);
  return copy === registered || (major === otherMajor && minor! <= otherMinor!);
}
