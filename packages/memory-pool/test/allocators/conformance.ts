import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BlockError, NO_BLOCK, type Allocator, type Handle } from '../../src/index.ts';
import { Shadow } from './shadow.ts';

export interface ConformanceOptions {
  /** Bytes of the allocator. */
  readonly size: number;
}

export interface Traits {
  /** A size that the allocator takes, enough for some dozens of blocks. Default 256 KiB. */
  readonly size?: number;
  /** The largest request that is sure to be served when nothing is live. Default 16 KiB. */
  readonly largest?: number;
  /** Of the blocks, within their buffer. Default 8. */
  readonly alignment?: number;
}

/** What holds for every implementation of `Allocator`. Call it once per allocator, and per mode of it that matters. */
export function conformance(name: string, create: (options: ConformanceOptions) => Allocator, traits: Traits = {}): void {
  const { size = 256 * 1024, largest = 16 * 1024, alignment = 8 } = traits;
  const bytes = fc.oneof(fc.integer({ min: 1, max: largest }), fc.double({ min: 0, max: Math.log2(largest), noNaN: true }).map(powerOfTwo));

  const start = () => {
    const allocator = create({ size });
    return { allocator, shadow: new Shadow(allocator), alignment };
  };

  describe(`Allocator: ${name}`, () => {
    it('starts empty', () => {
      const { allocator, shadow } = start();
      shadow.expectSame();
      expect(allocator.size).toBe(size);
      expect(allocator.stats()).toMatchObject({ freeBytes: size, cachedBytes: 0, magazineHits: 0, splits: 0, merges: 0 });
    });

    it('keeps blocks apart, their contents whole and its statistics exact, whatever is done to it', () => {
      const commands = fc.commands(
        [
          bytes.map((n) => new Malloc(n)),
          bytes.map((n) => new Malloc(n)),
          fc.nat().map((n) => new Free(n)),
          fc.nat().map((n) => new FreeTwice(n)),
          fc.nat().map((n) => new Misuse(n)),
          fc.constant(new Drain()),
        ],
        { maxCommands: 60, size: 'max' },
      );
      fc.assert(
        fc.property(commands, (steps) => {
          fc.modelRun(() => ({ model: {}, real: start() }), steps);
        }),
        { numRuns: 25 },
      );
    });

    it('is as it was at the start once everything is freed and drained', () => {
      fc.assert(
        fc.property(fc.array(bytes, { minLength: 1, maxLength: 60 }), fc.infiniteStream(fc.nat()), (requests, picks) => {
          const { allocator } = start();
          const { freeBlocks, freeBytes, largestFreeBytes } = allocator.stats();
          const before = [...allocator.walk()];
          const handles = requests.map((n) => allocator.malloc(n)).filter((handle) => handle !== NO_BLOCK);
          while (handles.length > 0) allocator.free(handles.splice(picks.next().value! % handles.length, 1)[0]!);
          allocator.drain();
          expect([...allocator.walk()]).toEqual(before);
          expect(allocator.stats()).toMatchObject({ freeBlocks, freeBytes, largestFreeBytes, cachedBytes: 0 });
          expect(allocator.stats().blocks).toMatchObject({ current: 0 });
        }),
        { numRuns: 25 },
      );
    });

    it.each([1, largest])('gives out all that is there of %i bytes, then no more until one is freed', (n) => {
      const real = start();
      const { allocator, shadow } = real;
      const handles = fill(real, n);
      expect(handles.length).toBeGreaterThan(1);
      expect(allocator.malloc(n)).toBe(NO_BLOCK);
      shadow.failed();
      shadow.expectSame();
      shadow.expectAllContents();
      const last = handles.at(-1)!;
      shadow.freeing(last);
      allocator.free(last);
      const again = allocator.malloc(n);
      expect(again).not.toBe(NO_BLOCK);
      shadow.allocated(again, n, alignment);
      shadow.expectSame();
    });

    it('changes nothing but the number of failures when there is no room', () => {
      const real = start();
      fill(real, largest);
      const { allocator } = real;
      allocator.drain();
      const [stats, blocks] = [allocator.stats(), [...allocator.walk()]];
      expect(allocator.malloc(largest)).toBe(NO_BLOCK);
      expect(allocator.malloc(2 ** 31 - 1)).toBe(NO_BLOCK);
      expect(allocator.stats()).toEqual({ ...stats, failures: stats.failures + 2 });
      expect([...allocator.walk()]).toEqual(blocks);
    });

    it('takes whole numbers of bytes alone', () => {
      const { allocator, shadow } = start();
      for (const n of [0, -0, -1, NaN, Infinity, -Infinity, 1.5, 2 ** 31, 2 ** 32, 2 ** 32 + 256, 2 ** 53]) {
        expect(() => allocator.malloc(n)).toThrow(RangeError);
        expect(() => allocator.malloc(n)).toThrow(/bytes/);
      }
      for (const n of [undefined, null, '1', {}, [1]]) expect(() => allocator.malloc(n as unknown as number)).toThrow(/bytes/);
      shadow.expectSame();
    });

    it('refuses what is no live block, and is unharmed', () => {
      const real = start();
      const { allocator, shadow } = real;
      const handles = [largest, 1, largest, 1, largest].map((n) => take(real, n));
      for (const i of [1, 2]) {
        shadow.freeing(handles[i]!);
        allocator.free(handles[i]!);
      }
      const known = [...handles].sort((a, b) => a - b);
      const ends = known.flatMap((handle, i) => within(handle, known[i + 1] ?? handle + 2));
      const odd = [NaN, -1, -2, 0.5, handles[0]! + 0.5, -Infinity, Infinity, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + handles[0]!, 2 ** 53];
      for (const handle of [...odd, ...ends, ...known]) {
        if (!shadow.isLive(handle)) expectRefused(allocator, handle);
      }
      shadow.expectSame();
      shadow.expectAllContents();
    });

    it('refuses a handle that is freed twice, also when it has become free in the meantime', () => {
      const { allocator, shadow } = start();
      const handle = allocator.malloc(largest);
      allocator.free(handle);
      expect(() => allocator.free(handle)).toThrow(BlockError);
      allocator.drain();
      expect(() => allocator.free(handle)).toThrow(BlockError);
      expect(allocator.stats()).toMatchObject({ blocks: { current: 0, allocated: 1, freed: 1 }, freeBytes: size });
      expect(shadow.handles).toEqual([]);
    });

    it('gives views of the requested bytes, of every element type', () => {
      const { allocator } = start();
      const handle = allocator.malloc(100);
      const [buffer, byteOffset] = [allocator.bufferOf(handle), allocator.offsetOf(handle)];
      expect(allocator.view(handle)).toMatchObject({ buffer, byteOffset, byteLength: 100 });
      expect(allocator.view(handle)).toBeInstanceOf(Uint8Array);
      expect(allocator.view(handle, 'int16')).toMatchObject({ buffer, byteOffset, length: 50 });
      expect(allocator.view(handle, 'float32')).toMatchObject({ buffer, byteOffset, length: 25 });
      expect(allocator.view(handle, 'int64')).toMatchObject({ buffer, byteOffset, length: 12 });
      expect(allocator.view(handle, 'float64')).toBeInstanceOf(Float64Array);
      expect(() => allocator.view(handle, 'float16' as 'float32')).toThrow(TypeError);
      allocator.view(handle, 'float64')[11] = 1.5;
      expect(allocator.view(handle, 'uint8').subarray(88, 96)).toEqual(new Uint8Array(new Float64Array([1.5]).buffer));
    });

    it('has zeros in what was never used', () => {
      const { allocator } = start();
      for (let handle = allocator.malloc(largest); handle !== NO_BLOCK; handle = allocator.malloc(largest)) {
        expect(allocator.view(handle).some((byte) => byte !== 0)).toBe(false);
      }
    });

    it.each([0, -1, NaN, Infinity, 0.5, 2 ** 60, '65536', null])('throws when it is made with a size of %p', (bad) => {
      expect(() => create({ size: bad as number })).toThrow(/size/);
    });
  });

  function powerOfTwo(exponent: number): number {
    return Math.max(1, Math.floor(2 ** exponent));
  }
}

interface Real {
  readonly allocator: Allocator;
  readonly shadow: Shadow;
  readonly alignment: number;
}

type Step = fc.Command<object, Real>;

class Malloc implements Step {
  readonly #bytes: number;
  constructor(bytes: number) {
    this.#bytes = bytes;
  }
  check = (): boolean => true;
  run(_: object, { allocator, shadow, alignment }: Real): void {
    const handle = allocator.malloc(this.#bytes);
    if (handle === NO_BLOCK) shadow.failed();
    else shadow.allocated(handle, this.#bytes, alignment);
    shadow.expectSame();
  }
  toString = (): string => `malloc(${this.#bytes})`;
}

class Free implements Step {
  readonly #pick: number;
  constructor(pick: number) {
    this.#pick = pick;
  }
  check = (): boolean => true;
  run(_: object, real: Real): void {
    freeOne(real, this.#pick);
    real.shadow.expectSame();
  }
  toString = (): string => `free(#${this.#pick})`;
}

class FreeTwice implements Step {
  readonly #pick: number;
  constructor(pick: number) {
    this.#pick = pick;
  }
  check = (): boolean => true;
  run(_: object, real: Real): void {
    const handle = freeOne(real, this.#pick);
    if (handle !== undefined) expect(() => real.allocator.free(handle)).toThrow(BlockError);
    real.shadow.expectSame();
  }
  toString = (): string => `freeTwice(#${this.#pick})`;
}

/** A handle that may be anything near the live ones, or any number. */
class Misuse implements Step {
  readonly #pick: number;
  constructor(pick: number) {
    this.#pick = pick;
  }
  check = (): boolean => true;
  run(_: object, { allocator, shadow }: Real): void {
    const { handles } = shadow;
    const near = handles.length === 0 ? 0 : handles[this.#pick % handles.length]!;
    for (const handle of [near + 1, near - 1, near + 0.5, this.#pick, this.#pick % 1024]) {
      if (!shadow.isLive(handle)) expectRefused(allocator, handle);
    }
    shadow.expectSame();
  }
  toString = (): string => `misuse(${this.#pick})`;
}

class Drain implements Step {
  check = (): boolean => true;
  run(_: object, { allocator, shadow }: Real): void {
    allocator.drain();
    expect(allocator.stats().cachedBytes).toBe(0);
    shadow.expectSame();
    shadow.expectAllContents();
  }
  toString = (): string => 'drain()';
}

function freeOne({ allocator, shadow }: Real, pick: number): Handle | undefined {
  const { handles } = shadow;
  if (handles.length === 0) return undefined;
  const handle = handles[pick % handles.length]!;
  shadow.freeing(handle);
  allocator.free(handle);
  return handle;
}

function take({ allocator, shadow, alignment }: Real, bytes: number): Handle {
  const handle = allocator.malloc(bytes);
  expect(handle).not.toBe(NO_BLOCK);
  shadow.allocated(handle, bytes, alignment);
  return handle;
}

/** Takes blocks until there is no room. */
function fill({ allocator, shadow, alignment }: Real, bytes: number): Handle[] {
  const handles: Handle[] = [];
  for (;;) {
    const handle = allocator.malloc(bytes);
    if (handle === NO_BLOCK) break;
    shadow.allocated(handle, bytes, alignment);
    handles.push(handle);
  }
  shadow.failed();
  return handles;
}

/** Some of the numbers between two neighbouring handles. */
function within(handle: Handle, next: Handle): number[] {
  return next - handle < 2 ? [] : [handle + 1, Math.floor((handle + next) / 2), next - 1];
}

function expectRefused(allocator: Allocator, handle: Handle): void {
  expect(() => allocator.free(handle)).toThrow(BlockError);
  expect(() => allocator.sizeOf(handle)).toThrow(BlockError);
  expect(() => allocator.requestedOf(handle)).toThrow(BlockError);
  expect(() => allocator.addressOf(handle)).toThrow(BlockError);
  expect(() => allocator.offsetOf(handle)).toThrow(BlockError);
  expect(() => allocator.bufferOf(handle)).toThrow(BlockError);
  expect(() => allocator.view(handle)).toThrow(BlockError);
}
