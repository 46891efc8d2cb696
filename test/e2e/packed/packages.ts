import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');

export interface Manifest {
  name: string;
  private?: boolean;
  exports: Record<string, { default: string }>;
  sideEffects?: boolean | string[];
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

export async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

export async function publicPackages(): Promise<Manifest[]> {
  const packages = join(root, 'packages');
  const folders = (await readdir(packages)).sort();
  const all = await Promise.all(folders.map((folder) => manifestOf(join(packages, folder))));
  return all.filter((each) => each.private !== true);
}

/** What users import of a package. Modules with side effects are for `--import`. */
export function entries({ name, exports, sideEffects }: Manifest): { imported: string[]; preloaded: string[] } {
  const preloads = (subpath: string) => Array.isArray(sideEffects) && sideEffects.includes(exports[subpath]!.default);
  const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json');
  const specifiers = (chosen: string[]) => chosen.map((subpath) => name + subpath.slice(1));
  return { imported: specifiers(subpaths.filter((each) => !preloads(each))), preloaded: specifiers(subpaths.filter(preloads)) };
}
