import type { Points } from '../shared/document.ts';

interface Events {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/**
 * At most `most` of the events (4 or more), in their order. Where there are more, the smallest and the largest value of each of equally many
 * events in a row are kept, so that no peak is lost, and the first and the last event.
 */
export function thin({ times, values }: Events, most: number): Points {
  const length = times.length;
  if (length <= most) return { of: length, times: Array.from(times), values: Array.from(values) };
  const kept = new Set([0]);
  const slices = Math.floor((most - 2) / 2);
  for (let i = 0; i < slices; i++) {
    const from = Math.floor((i * length) / slices);
    const to = Math.floor(((i + 1) * length) / slices);
    for (const index of extremes(values, from, to)) kept.add(index);
  }
  kept.add(length - 1);
  const indexes = [...kept];
  return { of: length, times: indexes.map((i) => times[i]!), values: indexes.map((i) => values[i]!) };
}

/** In rising order. */
function extremes(values: Float64Array, from: number, to: number): readonly number[] {
  let least = from;
  let most = from;
  for (let i = from + 1; i < to; i++) {
    if (values[i]! < values[least]!) least = i;
    else if (values[i]! > values[most]!) most = i;
  }
  return least < most ? [least, most] : [most, least];
}
