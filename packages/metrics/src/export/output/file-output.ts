import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Page } from '../encode/page.ts';
import type { Output } from './output.ts';

const PAGE_BYTES = 65_536;

interface Replacement {
  readonly temporary: string;
  readonly path: string;
  /** Permission bits of the file that is replaced. */
  readonly mode: number | undefined;
}

/** Opens `path` so that it is replaced as a whole by `commit`, or as it is where it names a pipe or a device. */
export async function openFile(path: string): Promise<Output> {
  let real = path;
  try {
    const existing = await stat(path).catch(ignoreMissing);
    if (existing !== undefined && !existing.isFile()) return await openAsItIs(path, existing);
    real = existing === undefined ? await linked(path) : await realpath(path);
    const temporary = join(dirname(real), `.otel-perf-${randomUUID()}.tmp`);
    // Nobody who may not read the old file gets to read the new one while it is written.
    const handle = await open(temporary, 'wx', existing === undefined ? 0o666 : 0o600);
    return new FileOutput(path, handle, { temporary, path: real, mode: existing && existing.mode & 0o7777 });
  } catch (error) {
    throw describe(path, error, dirname(real));
  }
}

/** Where a link that points to nothing yet wants its file; `path` where it is no link. */
async function linked(path: string): Promise<string> {
  const target = await readlink(path).catch(() => undefined);
  return target === undefined ? path : linked(resolve(await realpath(dirname(path)), target));
}

async function openAsItIs(path: string, existing: Stats): Promise<Output> {
  if (existing.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
  return new FileOutput(path, await open(path, 'w'), undefined);
}

class FileOutput implements Output {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #replacement: Replacement | undefined;
  #page = new Page(PAGE_BYTES);
  /** Being written while `#page` is filled. */
  #other = new Page(PAGE_BYTES);

  /** `path` is for messages. */
  constructor(path: string, handle: FileHandle, replacement: Replacement | undefined) {
    this.#path = path;
    this.#handle = handle;
    this.#replacement = replacement;
  }

  page(): Page {
    return this.#page;
  }

  async write(bytes: Uint8Array): Promise<void> {
    [this.#page, this.#other] = [this.#other, this.#page];
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, null);
        done += bytesWritten;
      }
    } catch (error) {
      throw describe(this.#path, error);
    }
  }

  async commit(): Promise<void> {
    try {
      await this.#finish();
    } catch (error) {
      throw describe(this.#path, error);
    }
  }

  async #finish(): Promise<void> {
    if (this.#replacement === undefined) return this.#handle.close();
    const { temporary, path, mode } = this.#replacement;
    if (mode !== undefined) await this.#handle.chmod(mode);
    await this.#handle.sync();
    await this.#handle.close();
    await rename(temporary, path);
  }

  async abort(): Promise<void> {
    await this.#handle.close().catch(ignore);
    if (this.#replacement !== undefined) await rm(this.#replacement.temporary, { force: true }).catch(ignore);
  }
}

function describe(path: string, cause: unknown, directory = dirname(path)): Error {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? `the directory ${directory} does not exist` : message;
  return Object.assign(new Error(`cannot export to ${path}: ${reason}`, { cause }), { code });
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function ignore(): void {}
