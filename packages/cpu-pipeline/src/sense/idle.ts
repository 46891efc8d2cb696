import { cpus } from 'node:os';
import { join } from 'node:path';
import { openIfThere, type KeptFile } from './kept-file.ts';
import type { SensorStatus } from './reading.ts';
import { textOf } from './folder.ts';

/** Time of all processors since the start, in any unit. */
interface Times {
  readonly idle: number;
  readonly total: number;
}

/** Processors' worth of time that nobody used: what room there is for more threads. Of the whole machine, what the process may not use too. */
export class IdleSensor implements Disposable {
  readonly #file: KeptFile | undefined;
  readonly #real: boolean;
  readonly #processors: number;
  #last: Times | undefined;

  constructor(root: string) {
    this.#file = openIfThere(join(root, 'proc/stat'));
    this.#real = root === '/';
    // Of many processors the lines are more than what a kept file gives.
    this.#processors = this.#file === undefined ? cpus().length : (textOf(this.#file.path).match(/^cpu\d/gm)?.length ?? 0);
    this.#last = this.#times();
  }

  get status(): SensorStatus {
    if (this.#last === undefined) return { reason: 'no times of processors' };
    return { source: this.#file?.path ?? 'os.cpus()' };
  }

  read(): number | undefined {
    const last = this.#last;
    this.#last = this.#times();
    if (last === undefined || this.#last === undefined) return undefined;
    const total = this.#last.total - last.total;
    const idle = this.#last.idle - last.idle;
    return total > 0 ? Math.min(1, Math.max(0, idle / total)) * this.#processors : undefined;
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }

  #times(): Times | undefined {
    if (this.#file !== undefined) return parseTimes(this.#file.text());
    return this.#real ? timesByNode() : undefined;
  }
}

/** `user nice system idle iowait irq softirq steal` of the first line, in ticks; guests' time is in `user` already. */
function parseTimes(text: string | undefined): Times | undefined {
  const times = /^cpu +([\d ]+)$/m
    .exec(text ?? '')?.[1]
    ?.split(' ')
    .slice(0, 8)
    .map(Number);
  const [, , , idle, waiting] = times ?? [];
  if (times === undefined || idle === undefined) return undefined;
  return { idle: idle + (waiting ?? 0), total: times.reduce((sum, time) => sum + time, 0) };
}

function timesByNode(): Times | undefined {
  const processors = cpus();
  if (processors.length === 0) return undefined;
  let [idle, total] = [0, 0];
  for (const { times } of processors) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, total };
}
