/**
 * Puts own, non-enumerable methods over those that `object` has, until the function that it returns is called; then `object` is as before,
 * unless somebody put theirs on top, which stay. `undefined`, and nothing changed, for an object that does not take them.
 */
export function shadow(object: object, methods: Readonly<Record<PropertyKey, unknown>>): (() => void) | undefined {
  const undo: (() => void)[] = [];
  for (const key of Reflect.ownKeys(methods)) {
    const before = Reflect.getOwnPropertyDescriptor(object, key);
    const value = methods[key];
    const { enumerable = false, writable = true } = before ?? {};
    if (before?.configurable === false || !Reflect.defineProperty(object, key, { configurable: true, enumerable, writable, value })) {
      undo.forEach((step) => step());
      return undefined;
    }
    undo.push(() => {
      if (Reflect.getOwnPropertyDescriptor(object, key)?.value !== value) return;
      if (before === undefined) Reflect.deleteProperty(object, key);
      else Reflect.defineProperty(object, key, before);
    });
  }
  return () => undo.forEach((step) => step());
}

/** The data property `key` of `object` or what it inherits from; `undefined` where there is none, or an accessor, which is not read. */
export function dataProperty(object: object, key: PropertyKey): unknown {
  for (let holder: object | null = object; holder !== null; holder = Reflect.getPrototypeOf(holder)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, key);
    if (descriptor !== undefined) return descriptor.value;
  }
  return undefined;
}
