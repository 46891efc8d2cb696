import {
  context,
  diag,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type ProxyTracerProvider,
  type Span,
  type Tracer,
} from '@opentelemetry/api';

const SCOPE = 'cpu_pipeline';

/** Where the spans of items belong: a context, and what makes spans. */
export interface Parent {
  readonly tracer: Tracer;
  readonly context: Context;
}

/** The context that is active now; `undefined` while there is no tracer provider, so that nothing more is spent on tracing. */
export function activeParent(given: Tracer | undefined): Parent | undefined {
  const tracer = given ?? registeredTracer();
  return tracer === undefined ? undefined : { tracer, context: context.active() };
}

/** Not `trace.getTracer`, which makes one that does nothing where none is registered. */
function registeredTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  // By its shape, since another copy of the API may have registered it.
  return 'getDelegateTracer' in provider ? (provider as ProxyTracerProvider).getDelegateTracer(SCOPE) : provider.getTracer(SCOPE);
}

/** What tracers throw is none of an item's: it is logged. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    diag.error('otel-perf: a span of a pipeline failed', error);
    return undefined;
  }
}

/** One call of a stage. A child of where its first item came from, and linked with where the others did. */
export class StageSpan {
  /** `undefined` where the tracer cannot. */
  static start(pipeline: string, stage: string, parents: readonly (Parent | undefined)[]): StageSpan | undefined {
    return quietly(() => new StageSpan(pipeline, stage, parents));
  }

  readonly #span: Span;
  readonly #context: Context;

  private constructor(pipeline: string, stage: string, parents: readonly (Parent | undefined)[]) {
    const { tracer, context: from } = parents[0]!;
    this.#span = tracer.startSpan(
      `cpu_pipeline ${stage}`,
      {
        attributes: { 'pipeline.name': pipeline, stage, 'batch.size': parents.length },
        links: linksTo(parents),
      },
      from,
    );
    this.#context = trace.setSpan(from, this.#span);
  }

  /** Calls `work` with the span active. */
  with<R>(work: () => R): R {
    return context.with(this.#context, work);
  }

  /** An item failed; the others may not have. */
  failed(error: unknown): void {
    quietly(() => {
      this.#span.recordException(error instanceof Error ? error : String(error));
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    });
  }

  end(): void {
    quietly(() => this.#span.end());
  }
}

function linksTo(parents: readonly (Parent | undefined)[]): Link[] {
  const first = parents[0];
  const others = new Set(parents.filter((parent) => parent !== first));
  return [...others].flatMap((parent) => {
    const linked = parent === undefined ? undefined : trace.getSpanContext(parent.context);
    return linked === undefined ? [] : [{ context: linked }];
  });
}
