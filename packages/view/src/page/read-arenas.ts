import { readFile } from 'node:fs/promises';
import type { ArenaPicture, BlockPicture } from '../model/arena.ts';
import { reasonOf } from '../read/source.ts';
import { UnreadableError } from '../read/unreadable-error.ts';

/**
 * Reads what somebody wrote with `JSON.stringify(pool.snapshot())`: one snapshot of a memory pool, or a list of them as
 * `AdvancedMemoryPoolingSystem.snapshot()` gives.
 *
 * @throws (rejects with) UnreadableError, which names the place where the file is something else.
 */
export async function readArenas(path: string): Promise<ArenaPicture[]> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(parsed) ? parsed.map((each, i) => arenaOf(each, `snapshot ${i + 1}: `)) : [arenaOf(parsed, '')];
  } catch (error) {
    throw new UnreadableError(path, reasonOf(error), { cause: error });
  }
}

function arenaOf(given: unknown, place: string): ArenaPicture {
  const { type, name, size, takenAt, blocks } = objectOf(given, place);
  if (!Array.isArray(blocks)) throw new TypeError(`${place}blocks must be a list`);
  const arena = {
    type: text(type, `${place}type`),
    name: text(name, `${place}name`),
    size: bytes(size, `${place}size`),
    takenAt: number(takenAt, `${place}takenAt`),
  };
  let end = 0;
  const checked = blocks.map((each, i): BlockPicture => {
    const block = blockOf(each, `${place}block ${i + 1}: `);
    if (block.offset < end) throw new RangeError(`${place}block ${i + 1} begins in the one before it`);
    end = block.offset + block.size;
    return block;
  });
  if (end > arena.size) throw new RangeError(`${place}the blocks take more than the size`);
  return { ...arena, blocks: checked };
}

function blockOf(given: unknown, place: string): BlockPicture {
  const { offset, size, state, requested, id, ageMillis } = objectOf(given, place);
  if (state !== 'live' && state !== 'cached' && state !== 'free') throw new TypeError(`${place}state must be live, cached or free`);
  return {
    offset: bytes(offset, `${place}offset`),
    size: bytes(size, `${place}size`),
    state,
    ...(requested === undefined ? {} : { requested: bytes(requested, `${place}requested`) }),
    ...(id === undefined ? {} : { id: text(id, `${place}id`) }),
    ...(ageMillis === undefined ? {} : { ageMillis: number(ageMillis, `${place}ageMillis`) }),
  };
}

function objectOf(given: unknown, place: string): Record<string, unknown> {
  if (typeof given !== 'object' || given === null) throw new TypeError(`${place}it is no snapshot of a memory pool`);
  return given as Record<string, unknown>;
}

function text(given: unknown, place: string): string {
  if (typeof given !== 'string') throw new TypeError(`${place} must be a string`);
  return given;
}

function number(given: unknown, place: string): number {
  if (typeof given !== 'number') throw new TypeError(`${place} must be a number`);
  return given;
}

function bytes(given: unknown, place: string): number {
  if (!Number.isSafeInteger(given) || (given as number) < 0) throw new RangeError(`${place} must be a whole number of bytes`);
  return given as number;
}
