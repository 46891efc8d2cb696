import { areCompatible, type InstrumentDescriptor } from './instrument-descriptor.ts';
import { warnOfDescription, warnOfIncompatible } from './conflicts.ts';

/** What is known of a stream here. */
export interface Registered {
  readonly descriptor: InstrumentDescriptor;
  describe(description: string): void;
}

/** The streams of a meter by their names: those of views, and those of each reader. */
export class StorageRegistry<T extends Registered> {
  readonly #byName = new Map<string, T[]>();

  /**
   * The stream that `wanted` can share, if there is one. The longer description holds. Warns of each stream of that name which is described
   * differently, or which `wanted` cannot share.
   */
  findCompatible(wanted: InstrumentDescriptor): T | undefined {
    let found: T | undefined;
    for (const known of this.#byName.get(wanted.name) ?? []) {
      const existing = known.descriptor;
      if (!areCompatible(existing, wanted)) {
        warnOfIncompatible(existing, wanted);
        continue;
      }
      found = known;
      if (existing.description === wanted.description) continue;
      if (wanted.description.length > existing.description.length) known.describe(wanted.description);
      warnOfDescription(existing, wanted);
    }
    return found;
  }

  add(added: T): void {
    const { name } = added.descriptor;
    const known = this.#byName.get(name);
    if (known === undefined) this.#byName.set(name, [added]);
    else known.push(added);
  }
}
