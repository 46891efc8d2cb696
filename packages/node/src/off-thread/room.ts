import type { Arena } from '@otel-perf/meter-provider';
import type { Problems } from '../problems.ts';

/** Looks whether the memory for metrics is about full, which is told once. */
export class Room {
  readonly #arena: Arena;
  readonly #problems: Problems;

  constructor(arena: Arena, problems: Problems) {
    this.#arena = arena;
    this.#problems = problems;
  }

  look(): void {
    const { isAboutFull, buffer } = this.#arena;
    if (!isAboutFull) return;
    const series = 'new series are counted in the overflow series of their instruments';
    const instruments = 'of new instruments measurements may be dropped, which otel_perf.meter_provider.dropped counts';
    const remedy = `Use attributes of few values, or an offThread.reserveBytes above ${buffer.byteLength}`;
    this.#problems.tell('memory-full', `The memory for metrics is about full: ${series}, and ${instruments}. ${remedy}.`);
  }
}
