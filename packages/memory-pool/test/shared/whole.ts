import { expect } from '@jest/globals';
import type { SharedAllocator } from '../../src/shared/shared-allocator.ts';
import {
  CACHED,
  COUNTS,
  FREE,
  HEADS,
  LOCK,
  MASK,
  ORDER,
  ORDERS,
  PENDING,
  SharedState,
  STATE,
  STRIDE,
  TAKEN,
} from '../../src/shared/layout.ts';

/**
 * Every invariant of a pool that no thread is using at the moment, told from its words alone; then its statistics against a walk. With few
 * calls of `expect`, which would take most of a test's time.
 */
export function expectWhole(allocator: SharedAllocator): void {
  const state = new SharedState(allocator.handle);
  expect(state.header[LOCK]).toBe(0);
  const heads = expectTagsParse(state);
  expectListsAgree(state, heads);
  expectMagazinesAgree(state, heads);
  expectCounted(allocator);
}

/** No two free buddies of the same order, nothing but zeros inside of blocks. Returns where blocks begin. */
function expectTagsParse({ tags, units }: SharedState): number[] {
  const heads: number[] = [];
  for (let at = 0; at < units; ) {
    const tag = tags[STRIDE * at]!;
    const order = tag & ORDER;
    if (tag === 0 || at % 2 ** order !== 0) throw new Error(`no block of order ${order} can begin at ${at}`);
    for (let i = at + 1; i < at + 2 ** order; i++) if (tags[STRIDE * i] !== 0) throw new Error(`there is a tag inside the block at ${at}`);
    if (tag === (FREE | order) && tags[STRIDE * (at ^ (1 << order))] === tag) throw new Error(`the block at ${at} and its buddy are free`);
    heads.push(at);
    at += 2 ** order;
  }
  expect(heads.at(-1)! + 2 ** (tags[STRIDE * heads.at(-1)!]! & ORDER)).toBe(units);
  return heads;
}

function expectListsAgree({ header, tags, links, previous }: SharedState, heads: readonly number[]): void {
  const listed: number[] = [];
  for (let order = 0; order < ORDERS; order++) {
    let [count, before] = [0, -1];
    for (let at = header[HEADS + order]!; at !== -1; at = links[STRIDE * at]!) {
      if (tags[STRIDE * at] !== (FREE | order) || previous[STRIDE * at] !== before)
        throw new Error(`${at} is out of place in list ${order}`);
      listed.push(at);
      count++;
      before = at;
    }
    if (header[COUNTS + order] !== count || ((header[MASK]! >>> order) & 1) !== Math.sign(count))
      throw new Error(`list ${order} has ${count}`);
  }
  expect(listed.toSorted((a, b) => a - b)).toEqual(heads.filter((at) => (tags[STRIDE * at]! & STATE) === FREE));
}

/** Each cached block is in one magazine, that of its owner and order; what was taken from the lists is what is not free. */
function expectMagazinesAgree({ tags, slots, attached }: SharedState, heads: readonly number[]): void {
  const cached: number[] = [];
  const taken = new Float64Array(ORDERS);
  for (const [slot, { counts, magazines, figures }] of slots.entries()) {
    const most = magazines.length / ORDERS;
    expect(counts[PENDING]).toBe(0);
    for (let order = 0; order < ORDERS; order++) {
      if (attached[slot] === 0 && counts[order] !== 0) throw new Error(`slot ${slot} is free, its magazine ${order} is not`);
      for (const block of magazines.subarray(order * most, order * most + counts[order]!)) {
        if (tags[STRIDE * block] !== (CACHED | ((slot + 1) << 7) | order)) throw new Error(`${block} is in a magazine of slot ${slot}`);
        cached.push(block);
      }
      taken[order]! += figures[TAKEN + order]!;
    }
  }
  expect(cached.toSorted((a, b) => a - b)).toEqual(heads.filter((at) => (tags[STRIDE * at]! & STATE) === CACHED));
  for (const at of heads) if ((tags[STRIDE * at]! & STATE) !== FREE) taken[tags[STRIDE * at]! & ORDER]!--;
  expect(taken.every((count) => count === 0)).toBe(true);
}

function expectCounted(allocator: SharedAllocator): void {
  const walked = [...allocator.walk()];
  const bytes = (state: string) => walked.reduce((sum, block) => (block.state === state ? sum + block.size : sum), 0);
  const stats = allocator.stats();
  expect({
    blocks: stats.blocks.current,
    reserved: stats.reserved.current,
    requested: stats.requested.current,
    cached: stats.cachedBytes,
    free: stats.freeBytes,
    largestFree: stats.largestFreeBytes,
  }).toEqual({
    blocks: walked.filter(({ state }) => state === 'live').length,
    reserved: bytes('live'),
    requested: walked.reduce((sum, { requested }) => sum + (requested ?? 0), 0),
    cached: bytes('cached'),
    free: bytes('free'),
    largestFree: Math.max(0, ...walked.filter(({ state }) => state === 'free').map(({ size }) => size)),
  });
  for (const tally of [stats.blocks, stats.reserved, stats.requested]) {
    expect(tally.freed).toBe(tally.allocated - tally.current);
    expect(tally.freed).toBeGreaterThanOrEqual(0);
    expect(tally.peak).toBeGreaterThanOrEqual(tally.current);
  }
}

/** Frees every live block and expects one pool of free memory again. Other threads must have detached or been reclaimed. */
export function expectAllComesBack(allocator: SharedAllocator): void {
  const walked = [...allocator.walk()];
  for (const { handle, state } of walked) if (state === 'live') allocator.free(handle);
  allocator.drain();
  expectWhole(allocator);
  expect(allocator.stats()).toMatchObject({
    blocks: { current: 0 },
    requested: { current: 0 },
    freeBytes: allocator.size,
    largestFreeBytes: 2 ** Math.floor(Math.log2(allocator.size / allocator.minBlockSize)) * allocator.minBlockSize,
  });
}

export function attachedSlots({ handle }: SharedAllocator): number[] {
  const { attached } = new SharedState(handle);
  return [...attached.keys()].filter((slot) => Atomics.load(attached, slot) !== 0);
}
