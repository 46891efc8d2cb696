import { createCell, initialiseCell } from '../../src/cells/cells.ts';
import type { RecordingCell } from '../../src/cells/recording-cell.ts';
import { Arena } from '../../src/memory/arena.ts';
import type { StreamAggregation } from '../../src/model/stream.ts';

/** Where cells can be put: behind the table of threads. */
export const FIRST_CELL = 16_384;

export function newArena(): Arena {
  return Arena.create(1 << 20);
}

export function newCell(arena: Arena, aggregation: StreamAggregation, at = FIRST_CELL): RecordingCell {
  initialiseCell(arena, aggregation, at);
  return createCell(arena, aggregation, at);
}

/** An arena on which the thread is ended at the write number `writes`, counted from 0: that one is not made. */
export function dying(arena: Arena, writes: number): Arena {
  let left = writes;
  const die = (): void => {
    if (left-- === 0) throw new Ended();
  };
  const dying = (all: Float64Array<SharedArrayBuffer>): Float64Array<SharedArrayBuffer> => new Proxy(all, handler);
  const handler: ProxyHandler<Float64Array<SharedArrayBuffer>> = {
    get(words, key) {
      if (key === 'subarray') return (...args: [number, number]) => dying(words.subarray(...args));
      if (key === 'fill')
        return (...args: Parameters<Float64Array['fill']>) => {
          die();
          return words.fill(...args);
        };
      const value = Reflect.get(words, key) as unknown;
      return typeof value === 'function' ? (value.bind(words) as unknown) : value;
    },
    set(words, key, value) {
      die();
      return Reflect.set(words, key, value);
    },
  };
  return { ...arena, f64: dying(arena.f64) } as Arena;
}

/** An arena that is read, where another thread does something between two reads: before the read number `reads`, counted from 0. */
export function interrupted(arena: Arena, reads: number, between: () => void): Arena {
  let left = reads;
  const f64 = new Proxy(arena.f64, {
    get(words, key) {
      if (left-- === 0) between();
      return Reflect.get(words, key) as unknown;
    },
  });
  return { ...arena, f64 } as Arena;
}

export class Ended extends Error {}
