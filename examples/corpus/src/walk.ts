import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const LEFT_OUT = new Set(['.git', 'node_modules', 'dist', 'coverage']);

export interface FoundFile {
  readonly path: string;
}

export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** The files below `directory`, sorted by path; what cannot be looked at goes to `onProblem`, and the rest is found all the same. */
export async function findFiles(directory: string, onProblem: (problem: Problem) => void): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    onProblem({ path: directory, message: reasonOf(error, 'directory') });
    return [];
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (LEFT_OUT.has(entry.name)) continue;
      // One by one: the arguments of one call have to fit on the stack.
      for (const file of await findFiles(path, onProblem)) found.push(file);
    } else if (entry.isFile()) {
      found.push({ path });
    } else if (entry.isSymbolicLink()) {
      // Links to directories are not followed: they may lead round in a circle.
      const target = await stat(path).catch((error: NodeJS.ErrnoException) => onProblem({ path, message: reasonOf(error, 'file') }));
      if (target?.isFile()) found.push({ path });
    }
  }
  return found;
}

export function reasonOf(error: NodeJS.ErrnoException, kind: 'file' | 'directory'): string {
  if (error.code === 'ENOENT') return `no such ${kind}`;
  if (error.code === 'ENOTDIR') return 'not a directory';
  if (error.code === 'EACCES' || error.code === 'EPERM') return `no permission to read this ${kind}`;
  if (error.code === 'ELOOP') return 'a symbolic link that leads back to itself';
  return error.message;
}
