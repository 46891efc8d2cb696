import { diag } from '@opentelemetry/api';

/** Runs code of the user's or of OpenTelemetry's beside a call: what it throws stays here, and is warned of once per hook. */
export class Hooks {
  readonly #operation: string;
  readonly #warned = new Set<string>();

  constructor(operation: string) {
    this.#operation = operation;
  }

  run<Result>(hook: string, fn: () => Result, otherwise: Result): Result {
    try {
      return fn();
    } catch (error) {
      this.#warn(hook, error);
      return otherwise;
    }
  }

  #warn(hook: string, error: unknown): void {
    if (this.#warned.has(hook)) return;
    this.#warned.add(hook);
    diag.warn(`otel-perf: ${hook} of ${JSON.stringify(this.#operation)} threw; further failures of it are not reported`, error);
  }
}
