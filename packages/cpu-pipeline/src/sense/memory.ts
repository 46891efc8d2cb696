import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Cgroups } from './cgroup.ts';
import { field, openIfThere, type KeptFile } from './kept-file.ts';
import type { MemoryUse, SensorStatus } from './reading.ts';

/** Where one cgroup says how much memory it may have and has. */
interface Level {
  readonly limit: KeptFile;
  readonly usage: KeptFile;
  readonly stat: KeptFile | undefined;
  /** The line of `memory.stat` that tells of caches the kernel drops first. */
  readonly cache: string;
}

interface Amount {
  readonly limitBytes: number;
  readonly usedBytes: number;
}

const VERSION_2 = { limit: 'memory.max', usage: 'memory.current', cache: 'inactive_file' };
const VERSION_1 = { limit: 'memory.limit_in_bytes', usage: 'memory.usage_in_bytes', cache: 'total_inactive_file' };

/**
 * Memory in use, of the machine and of every cgroup with a limit; that counts which is fullest. Of a cgroup the files in its cache that the
 * kernel would drop first don't count, as in the working set of Kubernetes.
 */
export class MemorySensor implements Disposable {
  readonly #levels: readonly Level[];
  readonly #machine: KeptFile | undefined;
  readonly #real: boolean;

  constructor(root: string, { unified, memory }: Cgroups) {
    const levels = levelsOf(unified, VERSION_2);
    this.#levels = levels.length > 0 ? levels : levelsOf(memory, VERSION_1);
    this.#machine = openIfThere(join(root, 'proc/meminfo'));
    this.#real = root === '/';
  }

  get status(): SensorStatus {
    const machine = this.#machineUse();
    const limited = this.#levels.find((level) => useOf(level, machine?.limitBytes) !== undefined);
    if (limited !== undefined) return { source: limited.limit.path };
    if (this.#machine !== undefined) return { source: this.#machine.path };
    return machine === undefined ? { reason: 'neither /proc/meminfo nor a cgroup with a limit' } : { source: 'process.availableMemory()' };
  }

  read(): MemoryUse | undefined {
    const machine = this.#machineUse();
    let fullest = machine;
    for (const level of this.#levels) {
      const use = useOf(level, machine?.limitBytes);
      if (use !== undefined && (fullest === undefined || shareOf(use) > shareOf(fullest))) fullest = use;
    }
    if (fullest === undefined) return undefined;
    const { limitBytes, usedBytes } = fullest;
    return {
      share: Math.min(1, Math.max(0, shareOf(fullest))),
      availableBytes: Math.max(0, limitBytes - usedBytes),
      limitBytes,
      rssBytes: residentBytes(),
    };
  }

  [Symbol.dispose](): void {
    this.#machine?.[Symbol.dispose]();
    for (const { limit, usage, stat } of this.#levels) for (const file of [limit, usage, stat]) file?.[Symbol.dispose]();
  }

  #machineUse(): Amount | undefined {
    if (this.#machine === undefined) return this.#real ? useByNode() : undefined;
    const text = this.#machine.text();
    const [total, available] = [kibibytes(text, 'MemTotal'), kibibytes(text, 'MemAvailable')];
    return total === undefined || available === undefined ? undefined : { limitBytes: total, usedBytes: total - available };
  }
}

function levelsOf(folders: readonly string[], names: typeof VERSION_2): Level[] {
  const levels: Level[] = [];
  for (const folder of folders) {
    const [limit, usage] = [openIfThere(join(folder, names.limit)), openIfThere(join(folder, names.usage))];
    if (limit !== undefined && usage !== undefined)
      levels.push({ limit, usage, stat: openIfThere(join(folder, 'memory.stat')), cache: names.cache });
    else for (const file of [limit, usage]) file?.[Symbol.dispose]();
  }
  return levels;
}

/** `undefined` for a cgroup without a limit: version 2 says `max`, version 1 a number beyond what any machine has. */
function useOf({ limit, usage, stat, cache }: Level, machineBytes = Number.MAX_SAFE_INTEGER): Amount | undefined {
  const limitBytes = limit.number();
  if (limitBytes === undefined || limitBytes >= machineBytes) return undefined;
  const usedBytes = usage.number();
  return usedBytes === undefined ? undefined : { limitBytes, usedBytes: Math.max(0, usedBytes - (field(stat?.text(), cache) ?? 0)) };
}

/** Other systems than Linux; where there is no limit `constrainedMemory` is 0, or beyond what the machine has. */
function useByNode(): Amount | undefined {
  const [machine, constrained] = [totalmem(), process.constrainedMemory()];
  const limitBytes = constrained > 0 && constrained < machine ? constrained : machine;
  return limitBytes > 0 ? { limitBytes, usedBytes: Math.max(0, limitBytes - process.availableMemory()) } : undefined;
}

function kibibytes(text: string | undefined, name: string): number | undefined {
  const digits = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits) * 1024;
}

function shareOf({ limitBytes, usedBytes }: Amount): number {
  return limitBytes === 0 ? 1 : usedBytes / limitBytes;
}

/** Where /proc is hidden, this throws. */
function residentBytes(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}
