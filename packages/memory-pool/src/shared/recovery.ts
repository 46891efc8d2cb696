import type { FreeLists } from './free-lists.ts';
import { FREE, ORDER, ORDERS, STATE, STRIDE, TAKEN, type SharedState } from './layout.ts';
import type { Slot } from './slot.ts';

/** What becomes of the live blocks that a slot has allocated: they stay, they stay and are nobody's, or they are freed. */
export type Fate = 'keep' | 'disown' | 'free';

/**
 * Brings all that the lock guards into order by the tags, whatever state a death has left it in, and takes back what the magazines of a
 * slot hold. Other threads may allocate from theirs and free into them meanwhile. The caller holds the lock, and the thread of the slot is
 * dead, or the caller itself. Done again after a death in the middle of it, it comes to the same.
 */
export function recover(state: SharedState, lists: FreeLists, slots: readonly Slot[], slot: Slot, fate: Fate): void {
  const { tags, units } = state;
  slot.settle();
  slot.counts.fill(0);
  lists.clear();
  const taken = new Float64Array(ORDERS);
  for (let at = 0; at < units; ) {
    if (fate !== 'keep') letGo(tags, slot, at, fate);
    const tag = tags[STRIDE * at]!;
    const order = tag & ORDER;
    if ((tag & STATE) === FREE || tag === (slot.cached | order)) lists.restore(at, order);
    else taken[order]!++;
    at += 2 ** order;
  }
  for (let order = 0; order < ORDERS; order++) {
    const others = slots.reduce((sum, { id, figures }) => (id === slot.id ? sum : sum + figures[TAKEN + order]!), 0);
    slot.figures[TAKEN + order] = taken[order]! - others;
  }
  slot.recount();
}

/** Another thread may free the block at the same time. */
function letGo(tags: Int32Array, slot: Slot, at: number, fate: 'disown' | 'free'): void {
  const tag = tags[STRIDE * at]!;
  if (tag !== (slot.live | (tag & ORDER))) return;
  if (fate === 'free') slot.claim(at, tag, true);
  else Atomics.compareExchange(tags, STRIDE * at, tag, tag & (STATE | ORDER));
}
