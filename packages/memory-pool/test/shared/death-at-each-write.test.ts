import { beforeEach, describe, expect, it } from '@jest/globals';
import { LIVE, ORDER, SharedState, STATE, STRIDE } from '../../src/shared/layout.ts';
import { SharedAllocator } from '../../src/shared/shared-allocator.ts';
import { diesAfter, instrumentAtomics, instrumentedAllocator } from './instrumented.ts';
import { randoms } from './randoms.ts';
import { expectAllComesBack, expectWhole } from './whole.ts';

const UNIT = 256;
const FATES = [
  ['leaves the blocks live', false],
  ['frees the blocks', true],
] as const;

interface Scene {
  readonly survivor: SharedAllocator;
  readonly victim: SharedAllocator;
  /** Allocated by each of them. */
  readonly live: { readonly byVictim: number[]; readonly bySurvivor: number[] };
}

beforeEach(instrumentAtomics);

/** Magazines filled in part, and blocks of many sizes live, of which some have been freed by the other thread. */
function scene(seed: number): Scene {
  const survivor = SharedAllocator.create({ size: UNIT * 512, minBlockSize: UNIT, maxThreads: 4, magazineBlocks: 6 });
  const victim = instrumentedAllocator(survivor.handle);
  const random = randoms(seed);
  const live: Scene['live'] = { byVictim: [], bySurvivor: [] };
  for (let i = 0; i < 28; i++) {
    const [allocator, list] = random(2) === 0 ? [victim, live.byVictim] : [survivor, live.bySurvivor];
    list.push(allocator.malloc(UNIT * 2 ** random(6) - random(UNIT)));
    const other = random(2) === 0 ? live.byVictim : live.bySurvivor;
    if (random(3) === 0 && other.length > 0) allocator.free(other.splice(random(other.length), 1)[0]!);
  }
  return { survivor, victim, live };
}

const OPERATIONS: Readonly<Record<string, (scene: Scene) => void>> = {
  'a small malloc': ({ victim }) => times(9, () => victim.malloc(UNIT)),
  'a malloc of each size': ({ victim }) => [0, 1, 2, 3, 4, 5].forEach((order) => victim.malloc(UNIT * 2 ** order)),
  'a malloc for which there is no room': ({ victim }) => times(3, () => victim.malloc(UNIT * 256)),
  'freeing what it allocated': ({ victim, live }) => live.byVictim.slice(0, 7).forEach((handle) => victim.free(handle)),
  'freeing what another thread allocated': ({ victim, live }) => live.bySurvivor.slice(0, 7).forEach((handle) => victim.free(handle)),
  'drain()': ({ victim }) => victim.drain(),
  'detach()': ({ victim }) => victim.detach(),
};

describe.each(Object.entries(OPERATIONS))('death at each write of %s', (_, operation) => {
  it.each(FATES)('is made good by reclaim, which %s', (__, blocks) => {
    for (let writes = 0; ; writes++) {
      const { survivor, victim, live } = scene(blocks ? 1 : 2);
      const before = liveBlocks(survivor);
      const died = diesAfter(writes, () => operation({ survivor, victim, live }));
      const after = liveBlocks(survivor);
      expect(contains(before, after) || contains(after, before)).toBe(true);
      survivor.reclaim(victim.slot, { blocks });
      expectWhole(survivor);
      expectRightOnesLive(survivor, after, victim.slot, blocks);
      const next = SharedAllocator.attach(survivor.handle);
      expect(next.slot).toBe(victim.slot);
      next.detach();
      expectAllComesBack(survivor);
      if (!died) return expect(writes).toBeGreaterThan(10);
    }
  });
});

describe('death at each write of reclaim()', () => {
  it.each(FATES)('is made good by the next one, which %s', (_, blocks) => {
    for (let writes = 0; ; writes++) {
      const { survivor, victim } = scene(writes);
      const heir = instrumentedAllocator(survivor.handle);
      heir.malloc(UNIT);
      // Now it is the survivor's turn to be the heir's heir.
      const deathOfVictim = writes % 60;
      diesAfter(deathOfVictim, () => times(9, () => victim.malloc(UNIT)));
      const died = diesAfter(writes, () => heir.reclaim(victim.slot, { blocks }));
      survivor.reclaim(heir.slot, { blocks });
      survivor.reclaim(victim.slot, { blocks });
      expectWhole(survivor);
      expectAllComesBack(survivor);
      if (!died) break;
    }
  });
});

describe('an exception in the middle of an operation', () => {
  it.each(Object.entries(OPERATIONS).filter(([name]) => name !== 'detach()'))(
    'is made good by the next operation of the thread: %s',
    (_, operation) => {
      for (let writes = 0; ; writes += 3) {
        const { survivor, victim, live } = scene(writes);
        const died = diesAfter(writes, () => operation({ survivor, victim, live }));
        victim.drain();
        victim.detach();
        expectAllComesBack(survivor);
        if (!died) break;
      }
    },
  );
});

/** Handle to tag. */
function liveBlocks({ handle }: SharedAllocator): Map<number, number> {
  const { tags, units } = new SharedState(handle);
  const all = Array.from({ length: units }, (_, at): [number, number] => [at, tags[STRIDE * at]!]);
  return new Map(all.filter(([, tag]) => (tag & STATE) === LIVE));
}

/** Blocks of others are untouched, those of the dead one are as `reclaim` was told. */
function expectRightOnesLive(survivor: SharedAllocator, before: ReadonlyMap<number, number>, victim: number, blocks: boolean): void {
  const own = (victim + 1) << 7;
  const expected = [...before].flatMap(([handle, tag]) => {
    if ((tag & ~(STATE | ORDER)) !== own) return [[handle, tag]];
    return blocks ? [] : [[handle, tag & (STATE | ORDER)]];
  });
  expect([...liveBlocks(survivor)]).toEqual(expected);
}

function contains(all: ReadonlyMap<number, number>, some: ReadonlyMap<number, number>): boolean {
  return [...some].every(([handle, tag]) => all.has(handle) && (all.get(handle)! & ORDER) === (tag & ORDER));
}

function times(count: number, work: () => void): void {
  for (let i = 0; i < count; i++) work();
}
