import { access, constants, mkdir, readdir, stat } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { FILE_ENDINGS } from '../load/formats.ts';

/**
 * The files that are named, and all images below the folders that are, by the endings of their names, in the order of their paths.
 *
 * @throws Error with a message of one line for the user, for a path that cannot be looked at and a folder without images.
 */
export async function findImages(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const stats = await stat(path).catch((error: unknown) => {
      throw new Error(`${path}: ${reasonOf(error)}`, { cause: error });
    });
    // One by one: the arguments of one call have to fit on the stack.
    for (const file of stats.isDirectory() ? await imagesBelow(path) : [path]) found.push(file);
  }
  return found;
}

/** Makes the folder if need be, before the work, so that it is not in vain. @throws Error with a message of one line for the user. */
export async function prepareOut(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    await access(out, constants.W_OK);
  } catch (error) {
    throw new Error(`--out must be a folder that can be written to, not ${out}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Short for what lies below the current folder. */
export function shown(path: string): string {
  const short = relative('', path);
  return short.startsWith('..') ? path : short;
}

async function imagesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new Error(`${folder}: ${reasonOf(error)}`, { cause: error });
  });
  const images = entries.filter((entry) => !entry.isDirectory() && FILE_ENDINGS.includes(extname(entry.name).toLowerCase()));
  if (images.length === 0) throw new Error(`${folder}: there is no image below this folder, by the endings ${FILE_ENDINGS.join(', ')}`);
  return images.map((entry) => join(entry.parentPath, entry.name)).sort();
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission';
  return message;
}
