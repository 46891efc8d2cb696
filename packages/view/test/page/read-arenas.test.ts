import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readArenas } from '../../src/page/read-arenas.ts';
import { UnreadableError } from '../../src/read/unreadable-error.ts';

const snapshot = {
  type: 'kv_cache',
  name: 'kv_cache',
  size: 1024,
  takenAt: 1.7e12,
  blocks: [
    { offset: 0, size: 256, state: 'live', requested: 200, id: 'a', ageMillis: 12.5 },
    { offset: 256, size: 256, state: 'cached' },
    { offset: 512, size: 512, state: 'free' },
  ],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otel-perf-arenas-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: unknown): Promise<unknown> {
  const path = join(folder, 'snapshot.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readArenas(path);
}

describe('snapshots of memory pools', () => {
  test('are read, one or a list', async () => {
    expect(await read(snapshot)).toEqual([snapshot]);
    expect(await read([snapshot, snapshot])).toEqual([snapshot, snapshot]);
    expect(await read([])).toEqual([]);
  });

  test.each([
    ['{', 'JSON'],
    ['null', 'it is no snapshot of a memory pool'],
    [{ ...snapshot, blocks: undefined }, 'blocks must be a list'],
    [{ ...snapshot, size: -1 }, 'size must be a whole number of bytes'],
    [{ ...snapshot, name: 1 }, 'name must be a string'],
    [
      [snapshot, { ...snapshot, blocks: [{ offset: 0, size: 1, state: 'gone' }] }],
      'snapshot 2: block 1: state must be live, cached or free',
    ],
    [{ ...snapshot, blocks: [snapshot.blocks[0], snapshot.blocks[0]] }, 'block 2 begins in the one before it'],
    [{ ...snapshot, size: 1000 }, 'the blocks take more than the size'],
  ])('that are something else are refused: %j', async (content, reason) => {
    const reading = read(content);
    await expect(reading).rejects.toThrow(UnreadableError);
    await expect(reading).rejects.toThrow(reason);
  });

  test('that are not there are told of', async () => {
    await expect(readArenas(join(folder, 'none.json'))).rejects.toThrow('none.json cannot be read: there is no such file');
  });
});
