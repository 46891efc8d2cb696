import type { AnyFunction } from '../api.ts';
import { isMadeFrom } from '../wrap/function.ts';

/** Where calls come from: a qualified name such as `Class.method`, which becomes the source of their metrics. */
export interface Source {
  /** Until `resolve` has found the qualified name. */
  readonly provisional: string;
  /** The qualified name, now that a call with this receiver is there; `undefined` as long as it does not show. */
  resolve(receiver: unknown): string | undefined;
}

/** The source of what blocks record. */
export const BLOCK_SOURCE = 'time_block';

export function fixedSource(name: string): Source {
  return { provisional: name, resolve: () => name };
}

/** For an element of a class that is known. */
export function memberOf(holder: object, element: string): Source {
  const owner = className(holder);
  return fixedSource(owner === undefined ? element : `${owner}.${element}`);
}

/**
 * For an element that a standard decorator got: it is told neither the class nor, for a method, its prototype. The first receiver shows
 * them: the class is the one in its chain that owns what became of the element. Where none does, as with private elements and fields, it is
 * the class of that first receiver, which may be a subclass.
 */
export class OwnerSource implements Source {
  readonly provisional: string;
  readonly #key: string | symbol;
  readonly #wrappers: AnyFunction[] = [];
  #settled: string | undefined;

  constructor(key: string | symbol) {
    this.#key = key;
    this.provisional = elementName(key);
  }

  /** Tells what the element became. */
  made(wrapper: AnyFunction): AnyFunction {
    if (this.#wrappers.length < 2) this.#wrappers.push(wrapper);
    return wrapper;
  }

  /** Tells the class. */
  settle(owner: object): void {
    this.#settled = memberOf(owner, this.provisional).provisional;
  }

  resolve(receiver: unknown): string | undefined {
    if (this.#settled !== undefined) return this.#settled;
    if ((typeof receiver !== 'object' || receiver === null) && typeof receiver !== 'function') return undefined;
    try {
      const owner = className(this.#owner(receiver) ?? receiver);
      return owner === undefined ? undefined : `${owner}.${this.provisional}`;
    } catch {
      return undefined;
    }
  }

  #owner(receiver: object): object | undefined {
    const owners: object[] = [];
    for (let holder: object | null = receiver; holder !== null; holder = Reflect.getPrototypeOf(holder)) {
      const property = Reflect.getOwnPropertyDescriptor(holder, this.#key);
      if (property === undefined) continue;
      const wrapped = [property.value, property.get, property.set].some((each) =>
        this.#wrappers.some((wrapper) => isMadeFrom(each, wrapper)),
      );
      if (wrapped) return holder;
      owners.push(holder);
    }
    // Another decorator covers ours: with one owner there is still no doubt.
    return owners.length === 1 ? owners[0] : undefined;
  }
}

export function elementName(key: string | symbol): string {
  return typeof key === 'symbol' ? `[${key.description ?? ''}]` : key;
}

/** The name of a class, given itself, its prototype or an instance. */
function className(holder: object): string | undefined {
  const owner: unknown = typeof holder === 'function' ? holder : (holder as { constructor?: unknown }).constructor;
  if (typeof owner !== 'function') return undefined;
  const name: unknown = Reflect.getOwnPropertyDescriptor(owner, 'name')?.value;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
