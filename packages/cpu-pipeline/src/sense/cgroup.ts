import { statSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from './folder.ts';

/** Folders of a cgroup, its own first, then those above it up to the root of what is mounted: a limit of any of them binds. */
export type Lineage = readonly string[];

export interface Cgroups {
  /** Of version 2; empty where it isn't mounted. Beside version 1 it has no controllers, but may have pressure. */
  readonly unified: Lineage;
  /** Of version 1, where it has that controller. */
  readonly cpu: Lineage;
  readonly memory: Lineage;
}

interface Mount {
  /** Which part of the hierarchy is mounted. */
  readonly root: string;
  readonly point: string;
  /** `undefined` for version 2. */
  readonly controllers: readonly string[] | undefined;
}

/**
 * The cgroups that this process is in, by /proc/self/cgroup and /proc/self/mountinfo below `root`: see cgroups(7). In a container the path
 * of the first may be of another view than what is mounted; then it is the mount itself.
 */
export function findCgroups(root: string): Cgroups {
  const mounts = parseMounts(textOf(join(root, 'proc/self/mountinfo')));
  const paths = parsePaths(textOf(join(root, 'proc/self/cgroup')));
  const lineage = (controller: string | undefined): Lineage => {
    const mount = mounts.find(({ controllers }) =>
      controller === undefined ? controllers === undefined : controllers?.includes(controller),
    );
    const path = paths.get(controller ?? '');
    return mount === undefined || path === undefined ? [] : lineageOf(root, mount, path);
  };
  return { unified: lineage(undefined), cpu: lineage('cpu'), memory: lineage('memory') };
}

function lineageOf(root: string, mount: Mount, path: string): Lineage {
  const top = join(root, mount.point);
  const below = mount.root !== '/' && (path === mount.root || path.startsWith(`${mount.root}/`)) ? path.slice(mount.root.length) : path;
  const names = below.split('/').filter((name) => name !== '');
  const folders = names.map((_, index) => join(top, ...names.slice(0, names.length - index))).filter(isFolder);
  return [...folders, top];
}

/** Lines `id:controllers:path`; that of version 2 has no controllers. */
function parsePaths(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    // One outside of the process's namespace is shown with dots: what is mounted is all that it sees.
    if (path !== undefined) for (const controller of controllers!.split(',')) paths.set(controller, path.startsWith('/..') ? '/' : path);
  }
  return paths;
}

/** Lines `id parent device root point options ... - type source options`, see proc_pid_mountinfo(5). */
function parseMounts(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, point] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    if (root === undefined || point === undefined || (type !== 'cgroup' && type !== 'cgroup2')) continue;
    mounts.push({ root: unescape(root), point: unescape(point), controllers: type === 'cgroup2' ? undefined : options.split(',') });
  }
  return mounts;
}

/** Blanks are written as octal numbers. */
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
