import { cpus } from 'node:os';
import { join } from 'node:path';
import { openIfThere, type KeptFile } from './kept-file.ts';
import type { SensorStatus } from './reading.ts';
import { namesIn } from './folder.ts';

const FOLDER = 'sys/devices/system/cpu';
/** Each processor that is asked may cost an interrupt to it. */
const MOST_ASKED = 4;

/** What the processors run at: by cpufreq, otherwise by Node, which says 0 where it doesn't know. */
export class FrequencySensor implements Disposable {
  readonly status: SensorStatus;
  readonly #files: readonly KeptFile[];
  readonly #byNode: boolean;

  constructor(root: string) {
    const all = namesIn(join(root, FOLDER), /^cpu\d+$/);
    const asked = all.filter((_, index) => index % Math.ceil(all.length / MOST_ASKED) === 0);
    this.#files = asked
      .map((name) => openIfThere(join(root, FOLDER, name, 'cpufreq/scaling_cur_freq')))
      .filter((file) => file !== undefined);
    this.#byNode = root === '/' && this.#files.length === 0 && hertzByNode() !== undefined;
    const [first] = this.#files;
    if (first !== undefined) this.status = { source: first.path };
    else this.status = this.#byNode ? { source: 'os.cpus()' } : { reason: 'no cpufreq, and os.cpus() tells no speed' };
  }

  read(): number | undefined {
    if (this.#byNode) return hertzByNode();
    // In kilohertz.
    return mean(this.#files.map((file) => (file.number() ?? 0) * 1e3));
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) file[Symbol.dispose]();
  }
}

function hertzByNode(): number | undefined {
  return mean(cpus().map(({ speed }) => speed * 1e6));
}

/** Of those that are known. */
function mean(hertz: readonly number[]): number | undefined {
  const known = hertz.filter((value) => value > 0);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}
