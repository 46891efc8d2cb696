import { KeptFile } from './kept-file.ts';
import type { Pressure, SensorStatus } from './reading.ts';

const TOTAL = /^(some|full) .*total=(\d+)/gm;

interface Totals {
  readonly some: number;
  readonly full: number | undefined;
}

/**
 * Pressure stall information: the share of the time since the last reading, from the differences of `total` (microseconds), since the
 * kernel's own averages lag by 10 s and more. Of the cgroup of this process where it has it, otherwise of the machine.
 *
 * Source: Documentation/accounting/psi.rst of the Linux kernel.
 */
export class PressureSensor implements Disposable {
  readonly status: SensorStatus;
  readonly #file: KeptFile | undefined;
  #last: Totals | undefined;

  /** Reads the first of `paths` that has figures. */
  constructor(paths: readonly string[]) {
    let reason = 'no pressure stall information';
    for (const path of paths) {
      const file = KeptFile.open(path);
      if (!(file instanceof KeptFile)) {
        reason = file.reason;
        continue;
      }
      this.#last = parsePressure(file.text());
      if (this.#last !== undefined) {
        this.#file = file;
        this.status = { source: path };
        return;
      }
      file[Symbol.dispose]();
      reason = `${path}: no figures in it`;
    }
    this.status = { reason };
  }

  read(seconds: number): Pressure | undefined {
    const last = this.#last;
    this.#last = parsePressure(this.#file?.text());
    if (last === undefined || this.#last === undefined || seconds <= 0) return undefined;
    const { some, full } = this.#last;
    return {
      some: share(some - last.some, seconds),
      full: full === undefined || last.full === undefined ? undefined : share(full - last.full, seconds),
    };
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }
}

/** Microseconds stalled since the start; `undefined` for a text that doesn't tell. */
export function parsePressure(text: string | undefined): Totals | undefined {
  if (text === undefined) return undefined;
  const totals = new Map(Array.from(text.matchAll(TOTAL), ([, kind, total]) => [kind, Number(total)]));
  const some = totals.get('some');
  return some === undefined ? undefined : { some, full: totals.get('full') };
}

/** The kernel adds to its totals in steps, so that a short time can seem to hold more than itself. */
function share(micros: number, seconds: number): number {
  return Math.min(1, Math.max(0, micros / 1e6 / seconds));
}
