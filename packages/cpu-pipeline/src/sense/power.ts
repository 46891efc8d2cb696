import { join } from 'node:path';
import { KeptFile, openIfThere } from './kept-file.ts';
import type { Power, SensorStatus } from './reading.ts';
import { namesIn, textOf } from './folder.ts';

const FOLDER = 'sys/class/powercap';

interface Package {
  readonly energy: KeptFile;
  /** Microjoules at which the counter begins anew. */
  readonly range: number | undefined;
  readonly limit: KeptFile | undefined;
  last: number | undefined;
}

/**
 * Power of the processor packages from their energy counters (RAPL). Which packages there are is looked up once. A counter that wraps more
 * than once between two readings, which takes a minute at least, can't be told from one that didn't.
 *
 * Source: Documentation/power/powercap/powercap.rst of the Linux kernel.
 */
export class PowerSensor implements Disposable {
  readonly status: SensorStatus;
  readonly #packages: Package[] = [];

  constructor(root: string) {
    const folder = join(root, FOLDER);
    let reason = `no processor package in ${FOLDER}`;
    // Zones within a package (`intel-rapl:0:0`) are counted in it; `psys` holds the packages.
    for (const zone of namesIn(folder, /^(intel|amd)-rapl:\d+$/)) {
      const path = join(folder, zone);
      if (!textOf(join(path, 'name')).startsWith('package')) continue;
      const energy = KeptFile.open(join(path, 'energy_uj'));
      if (energy instanceof KeptFile) this.#packages.push({ energy, ...boundsOf(path), last: energy.number() });
      // Most systems let only root read it.
      else reason = energy.reason;
    }
    const [first] = this.#packages;
    this.status = first === undefined ? { reason } : { source: first.energy.path };
  }

  read(seconds: number): Power | undefined {
    let joules = 0;
    let told = this.#packages.length > 0 && seconds > 0;
    for (const one of this.#packages) {
      const [before, now] = [one.last, one.energy.number()];
      one.last = now;
      const used = before === undefined || now === undefined ? undefined : growth(before, now, one.range);
      if (used === undefined) told = false;
      else joules += used / 1e6;
    }
    return told ? { watts: joules / seconds, limitWatts: this.#limit() } : undefined;
  }

  [Symbol.dispose](): void {
    for (const { energy, limit } of this.#packages) for (const file of [energy, limit]) file?.[Symbol.dispose]();
  }

  #limit(): number | undefined {
    let watts = 0;
    for (const { limit } of this.#packages) {
      const micros = limit?.number();
      if (micros === undefined || micros <= 0) return undefined;
      watts += micros / 1e6;
    }
    return watts;
  }
}

function growth(before: number, now: number, range: number | undefined): number | undefined {
  if (now >= before) return now - before;
  return range === undefined ? undefined : now + range - before;
}

function boundsOf(path: string): Pick<Package, 'range' | 'limit'> {
  const range = Number(textOf(join(path, 'max_energy_range_uj')) || Number.NaN);
  const name = namesIn(path, /^constraint_\d+_name$/).find((file) => textOf(join(path, file)) === 'long_term');
  return {
    range: Number.isFinite(range) ? range : undefined,
    limit: name === undefined ? undefined : openIfThere(join(path, name.replace('_name', '_power_limit_uw'))),
  };
}
