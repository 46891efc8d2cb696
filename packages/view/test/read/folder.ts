import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPicture } from '../../src/read/read-picture.ts';
import type { Picture, SeriesPicture } from '../../src/model/picture.ts';

/** A folder of its own, which is gone with the test. */
export class Folder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), 'otel-perf-view-')));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** What is read of a file with this content. */
  async read(content: string | Uint8Array, name = 'content'): Promise<Picture> {
    await writeFile(this.file(name), content);
    return readPicture(this.file(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true });
  }
}

export async function readText(content: string | Uint8Array): Promise<Picture> {
  await using folder = await Folder.make();
  // Read before the folder is gone.
  return await folder.read(content);
}

/** The only one of that name. */
export function series({ series: all }: Picture, name: string): SeriesPicture {
  const found = all.filter((each) => each.name === name);
  if (found.length !== 1) throw new Error(`${found.length} series ${name} among ${all.map((each) => each.name).join(', ')}`);
  return found[0]!;
}
