import { closeSync, openSync, readSync } from 'node:fs';

/** Files of /proc and /sys that are read here are a page at most, apart from `memory.stat` and `/proc/stat`, whose head is enough. */
const buffer = Buffer.allocUnsafe(4096);

/** A file of /proc, /sys or a cgroup that stays open: reading it again at 0 gives its present text, at half the cost of opening it. */
export class KeptFile implements Disposable {
  readonly path: string;
  #descriptor: number | undefined;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  /** The file and its first text, or why it can't be read, as the system says it. */
  static open(path: string): KeptFile | { readonly reason: string } {
    let file: KeptFile;
    try {
      file = new KeptFile(path, openSync(path, 'r'));
    } catch (error) {
      return { reason: `${path}: ${codeOf(error)}` };
    }
    const { failure } = file.#read();
    if (failure === undefined) return file;
    file[Symbol.dispose]();
    return { reason: `${path}: ${failure}` };
  }

  /** The first 4 KiB; `undefined` where it can no longer be read, as in a cgroup that was removed. */
  text(): string | undefined {
    return this.#read().text;
  }

  /** The text as a number; `undefined` for one that isn't, such as `max`. */
  number(): number | undefined {
    return parseNumber(this.text());
  }

  [Symbol.dispose](): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #read(): { readonly text?: string; readonly failure?: string } {
    if (this.#descriptor === undefined) return { failure: 'closed' };
    try {
      return { text: buffer.toString('latin1', 0, readSync(this.#descriptor, buffer, 0, buffer.length, 0)) };
    } catch (error) {
      return { failure: codeOf(error) };
    }
  }
}

/** The file, where it is there and can be read. */
export function openIfThere(path: string): KeptFile | undefined {
  const file = KeptFile.open(path);
  return file instanceof KeptFile ? file : undefined;
}

function parseNumber(text: string | undefined): number | undefined {
  const trimmed = text?.trim();
  if (trimmed === undefined || trimmed === '') return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

/** The number after `name` in a text of lines `name number`. */
export function field(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const start = text.startsWith(`${name} `) ? 0 : text.indexOf(`\n${name} `) + 1;
  if (start === 0 && !text.startsWith(`${name} `)) return undefined;
  const end = text.indexOf('\n', start);
  return parseNumber(text.slice(start + name.length + 1, end < 0 ? undefined : end));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
