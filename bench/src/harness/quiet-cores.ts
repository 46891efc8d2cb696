import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { quantile } from './median.ts';

const PROBE = join(import.meta.dirname, `quiet-cores-probe${extname(import.meta.filename)}`);
const CALIBRATION = 100;
/** Of the best rate that a core has shown; some probes are lucky. */
const BEST = 0.98;
const ENOUGH = 0.93;
const PATIENCE_MILLIS = 60_000;

/**
 * On a virtual machine a core goes away for seconds, or runs at half its speed while somebody else is on the other half of it, and no
 * counter tells. So two threads run what keeps all units of a core busy, and a sample counts if both cores were at their best right before
 * and right after it. A chain of multiplications would not notice the half of a core that is missing.
 */
export class QuietCores implements Disposable {
  readonly #probes: readonly Worker[];
  readonly #rates: number[][] = [[], []];
  #left = PATIENCE_MILLIS;

  private constructor(probes: readonly Worker[]) {
    this.#probes = probes;
  }

  static async start(): Promise<QuietCores> {
    const probes = await Promise.all(
      [0, 1].map(async () => {
        const worker = new Worker(PROBE);
        await once(worker, 'message');
        return worker;
      }),
    );
    const cores = new QuietCores(probes);
    for (let i = 0; i < CALIBRATION; i++) await cores.#areQuiet();
    return cores;
  }

  /** Takes samples until one counts. `quiet` is false if that took longer than all samples together may. */
  async sample<T>(take: () => Promise<T>): Promise<{ readonly value: T; readonly quiet: boolean }> {
    const start = performance.now();
    for (;;) {
      const patient = performance.now() - start < this.#left;
      if (!(await this.#areQuiet()) && patient) continue;
      const value = await take();
      const quiet = await this.#areQuiet();
      if (!quiet && patient) continue;
      this.#left = Math.max(0, this.#left - (performance.now() - start));
      return { value, quiet };
    }
  }

  [Symbol.dispose](): void {
    for (const probe of this.#probes) void probe.terminate();
  }

  async #areQuiet(): Promise<boolean> {
    const rates = await Promise.all(
      this.#probes.map(async (probe) => {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of Node's has none
        probe.postMessage(null);
        const [rate] = (await once(probe, 'message')) as [number];
        return rate;
      }),
    );
    return rates.every((rate, core) => {
      const all = this.#rates[core]!;
      all.push(rate);
      return rate >= ENOUGH * quantile(all, BEST);
    });
  }
}
