import { join } from 'node:path';
import type { Cgroups } from './cgroup.ts';
import { field, openIfThere, type KeptFile } from './kept-file.ts';
import type { SensorStatus, Throttling } from './reading.ts';

/** Where one cgroup says what it may use of the processors, and how often it was stopped. */
interface Level {
  readonly files: readonly KeptFile[];
  /** Processors' worth of the quota; `undefined` without one. */
  quota(): number | undefined;
  readonly stat: KeptFile | undefined;
}

interface Counts {
  readonly periods: number;
  readonly throttled: number;
  readonly seconds: number;
}

/**
 * The processor quota of the cgroups and what it stops: `cpu.max` and `cpu.stat` of version 2, `cpu.cfs_quota_us` and `cpu.stat` of version 1.
 * Quotas are read each time, since they can be changed while a process runs.
 *
 * Sources: Documentation/admin-guide/cgroup-v2.rst and Documentation/scheduler/sched-bwc.rst of the Linux kernel.
 */
export class CpuQuotaSensor implements Disposable {
  readonly #levels: readonly Level[];
  #last: readonly (Counts | undefined)[];

  constructor({ unified, cpu }: Cgroups) {
    const levels = unified.map(levelOfVersion2).filter((level) => level !== undefined);
    this.#levels = levels.length > 0 ? levels : cpu.map(levelOfVersion1).filter((level) => level !== undefined);
    this.#last = this.#counts();
  }

  get status(): SensorStatus {
    const limited = this.#levels.find((level) => level.quota() !== undefined);
    return limited === undefined ? { reason: 'no cgroup with a processor quota' } : { source: limited.files[0]!.path };
  }

  /** The smallest quota; `undefined` where there is none. */
  quota(): number | undefined {
    const quotas = this.#levels.map((level) => level.quota()).filter((quota) => quota !== undefined);
    return quotas.length === 0 ? undefined : Math.min(...quotas);
  }

  /** Of the cgroup that was stopped most often. */
  read(): Throttling | undefined {
    const last = this.#last;
    this.#last = this.#counts();
    let most: Throttling | undefined;
    for (const [index, counts] of this.#last.entries()) {
      const before = last[index];
      if (counts === undefined || before === undefined || this.#levels[index]!.quota() === undefined) continue;
      const periods = counts.periods - before.periods;
      const throttled = Math.max(0, counts.throttled - before.throttled);
      const share = periods > 0 ? Math.min(1, throttled / periods) : 0;
      const seconds = Math.max(0, counts.seconds - before.seconds);
      if (most === undefined || share > most.share) most = { share, seconds };
    }
    return most;
  }

  [Symbol.dispose](): void {
    for (const { files } of this.#levels) for (const file of files) file[Symbol.dispose]();
  }

  #counts(): (Counts | undefined)[] {
    return this.#levels.map(({ stat }) => countsOf(stat?.text()));
  }
}

function levelOfVersion2(folder: string): Level | undefined {
  const max = openIfThere(join(folder, 'cpu.max'));
  if (max === undefined) return undefined;
  const stat = openIfThere(join(folder, 'cpu.stat'));
  return {
    files: stat === undefined ? [max] : [max, stat],
    stat,
    quota: () => {
      const [quota, period] = (max.text() ?? '').trim().split(' ').map(Number);
      return ratio(quota, period);
    },
  };
}

function levelOfVersion1(folder: string): Level | undefined {
  const quota = openIfThere(join(folder, 'cpu.cfs_quota_us'));
  if (quota === undefined) return undefined;
  const [period, stat] = ['cpu.cfs_period_us', 'cpu.stat'].map((name) => openIfThere(join(folder, name)));
  return {
    files: [quota, period, stat].filter((file) => file !== undefined),
    stat,
    quota: () => ratio(quota.number(), period?.number()),
  };
}

/** `max` of version 2 and -1 of version 1 are no quota. */
function ratio(quota: number | undefined, period: number | undefined): number | undefined {
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : undefined;
}

function countsOf(text: string | undefined): Counts | undefined {
  const [periods, throttled] = [field(text, 'nr_periods'), field(text, 'nr_throttled')];
  if (periods === undefined || throttled === undefined) return undefined;
  // Version 2 tells microseconds, version 1 nanoseconds.
  const micros = field(text, 'throttled_usec');
  const seconds = micros === undefined ? (field(text, 'throttled_time') ?? 0) / 1e9 : micros / 1e6;
  return { periods, throttled, seconds };
}
