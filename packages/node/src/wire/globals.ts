/** What the copies of `@opentelemetry/api` share. A copy heeds it if it is of its own minor version or a later one. */
export interface ApiGlobals {
  readonly version: string;
  readonly metrics?: object;
}

/** As of the API's versions 1.x; `undefined` while nothing is registered. */
export function apiGlobals(): ApiGlobals | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')] as ApiGlobals | undefined;
}
