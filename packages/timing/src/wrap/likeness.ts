import type { AnyFunction } from '../api.ts';

interface ReflectMetadata {
  getOwnMetadataKeys?(target: object): unknown[];
  getOwnMetadata?(key: unknown, target: object): unknown;
  defineMetadata?(key: unknown, value: unknown, target: object): void;
}

/** Own properties of non-strict functions that read as `null` and cannot be defined anew. */
const POISONED: ReadonlySet<PropertyKey> = new Set(['arguments', 'caller']);

/**
 * Gives `copy` what can be seen of `original` from outside: own properties (name and length among them), prototype, source text and Reflect
 * metadata.
 */
export function resemble(copy: AnyFunction, original: AnyFunction): void {
  for (const key of Reflect.ownKeys(original)) {
    if (!POISONED.has(key)) Reflect.defineProperty(copy, key, Reflect.getOwnPropertyDescriptor(original, key)!);
  }
  // Bound functions can be constructed, and yet have no prototype.
  if (Object.hasOwn(copy, 'prototype') && !Object.hasOwn(original, 'prototype')) copy.prototype = undefined;
  const parent = Reflect.getPrototypeOf(original);
  if (parent !== Reflect.getPrototypeOf(copy)) Reflect.setPrototypeOf(copy, parent);
  if (!Object.hasOwn(original, 'toString')) {
    // Some programs read parameter names out of the text, or send it elsewhere to be run.
    const value = { toString: () => Function.prototype.toString.call(original) }.toString;
    Reflect.defineProperty(copy, 'toString', { configurable: true, enumerable: false, writable: true, value });
  }
  copyMetadata(copy, original);
  if (!Object.isExtensible(original)) Object.preventExtensions(copy);
}

/** Guards, routes and injections of frameworks hang on the function itself: without them a guarded route would stand open. */
function copyMetadata(copy: object, original: object): void {
  const { getOwnMetadataKeys, getOwnMetadata, defineMetadata } = Reflect as ReflectMetadata;
  if (getOwnMetadataKeys === undefined || getOwnMetadata === undefined || defineMetadata === undefined) return;
  for (const key of getOwnMetadataKeys(original)) defineMetadata(key, getOwnMetadata(key, original), copy);
}
