import { context, isSpanContextValid, SpanStatusCode, trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import type { AnyFunction } from '../api.ts';
import type { Outcome } from './quantity.ts';

/** The span around one call. */
export class CallSpan {
  readonly #span: Span;
  readonly #context: Context;

  private constructor(span: Span) {
    this.#span = span;
    this.#context = trace.setSpan(context.active(), span);
  }

  /** `undefined` while no tracer provider is registered. */
  static start(source: string, name: string, attributes: Attributes): CallSpan | undefined {
    const span = trace.getTracer(source).startSpan(name, { attributes });
    return isSpanContextValid(span.spanContext()) ? new CallSpan(span) : undefined;
  }

  run(fn: AnyFunction, receiver: unknown, args: ArrayLike<unknown>): unknown {
    return context.with(this.#context, () => Reflect.apply(fn, receiver, args));
  }

  end({ failed, error }: Outcome, errorType: string | undefined): void {
    if (failed) {
      this.#span.setAttribute('error.type', errorType!);
      this.#span.recordException(error instanceof Error ? error : String(error));
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    }
    this.#span.end();
  }
}
