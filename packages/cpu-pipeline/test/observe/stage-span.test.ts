import { AsyncLocalStorage } from 'node:async_hooks';
import {
  context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type ContextManager,
  type Span,
} from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { failed } from '../../src/pipeline/failed.ts';
import { stage } from '../../src/pipeline/stages.ts';
import { all, makePipeline, numbers, settle } from '../pipeline/helpers.ts';

/** As that of `@opentelemetry/context-async-hooks`, which is not a dependency. */
class StorageContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(active: Context, fn: F, self?: unknown, ...args: A): ReturnType<F> {
    return this.#storage.run(active, () => fn.apply(self, args));
  }

  bind<T>(_: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }
}

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer('test');

/** Those of the stages, in the order in which they ended. */
const spans = () => exporter.getFinishedSpans().filter(({ name }) => name.startsWith('cpu_pipeline'));

function pipelineOf({ waitMillis = 0, ...options }: { tracer?: typeof tracer; waitMillis?: number } = {}) {
  const inner: (string | undefined)[] = [];
  const pipeline = makePipeline(
    stage({
      name: 'prepare',
      run: async (item: number) => {
        await settle();
        inner.push(trace.getActiveSpan()?.spanContext().spanId);
        if (item === 99) throw new Error('bad');
        return item;
      },
      concurrency: 4,
    }).into({
      name: 'infer',
      batch: { size: 4, waitMillis },
      runBatch: (items) => {
        if (items.includes(77)) throw new RangeError('all of them');
        return items.map((item) => (item === 88 ? failed('one of them') : item));
      },
    }),
    { name: 'ocr', ...options },
  );
  return { pipeline, inner };
}

beforeEach(() => {
  context.setGlobalContextManager(new StorageContextManager());
});

afterEach(async () => {
  trace.disable();
  context.disable();
  exporter.reset();
});

describe('with a tracer provider', () => {
  beforeEach(() => {
    trace.setGlobalTracerProvider(provider);
  });

  test('each batch has a span, a child of what was active where its first item came from', async () => {
    const { pipeline, inner } = pipelineOf({ waitMillis: 1e9 });
    await tracer.startActiveSpan('request', async (request) => {
      await all(pipeline.run(numbers(4)));
      request.end();
      const [first, second, third, fourth, batch] = spans();
      for (const span of [first, second, third, fourth]) {
        expect(span).toMatchObject({
          name: 'cpu_pipeline prepare',
          parentSpanContext: { spanId: request.spanContext().spanId },
          attributes: { 'pipeline.name': 'ocr', stage: 'prepare', 'batch.size': 1 },
          status: { code: SpanStatusCode.UNSET },
        });
      }
      // What a stage does is in its own span.
      expect(inner).toEqual([first, second, third, fourth].map((span) => span!.spanContext().spanId));
      expect(batch).toMatchObject({
        name: 'cpu_pipeline infer',
        instrumentationScope: { name: 'cpu_pipeline' },
        parentSpanContext: { spanId: request.spanContext().spanId },
        attributes: { 'pipeline.name': 'ocr', stage: 'infer', 'batch.size': 4 },
        links: [],
      });
      expect(spans().length).toBe(5);
    });
  });

  test('a batch of several callers is linked with the others', async () => {
    const { pipeline } = pipelineOf({ waitMillis: 1e9 });
    const ids: string[] = [];
    await Promise.all(
      [1, 2, 3, 4].map((item) =>
        tracer.startActiveSpan(`request ${item}`, async (request) => {
          ids.push(request.spanContext().spanId);
          await pipeline.submit(item);
          request.end();
        }),
      ),
    );
    const batch = spans().find(({ attributes }) => attributes['batch.size'] === 4)!;
    expect(batch.parentSpanContext?.spanId).toBe(ids[0]);
    expect(batch.links.map(({ context: { spanId } }) => spanId)).toEqual(ids.slice(1));
  });

  test('errors are on the spans of the calls that had them', async () => {
    const { pipeline } = pipelineOf();
    await expect(pipeline.submit(99)).rejects.toThrow('bad');
    await Promise.allSettled([pipeline.submit(88), pipeline.submit(1)]);
    await expect(pipeline.submit(77)).rejects.toThrow('all of them');
    const errors = spans()
      .filter(({ status }) => status.code === SpanStatusCode.ERROR)
      .map(({ name, status, events }) => [name, status.message, events.map((event) => event.name)]);
    expect(errors).toEqual([
      ['cpu_pipeline prepare', 'bad', ['exception']],
      ['cpu_pipeline infer', 'one of them', ['exception']],
      ['cpu_pipeline infer', 'all of them', ['exception']],
    ]);
  });

  test('every span ends, also those of calls that are cancelled', async () => {
    let started = 0;
    const counting = new BasicTracerProvider({
      spanProcessors: [
        {
          onStart: () => started++,
          onEnd: () => started--,
          forceFlush: async () => {},
          shutdown: async () => {},
        },
      ],
    });
    const { pipeline } = pipelineOf({ tracer: counting.getTracer('own') });
    for await (const { index } of pipeline.run(numbers(20))) if (index === 5) break;
    expect(started).toBeGreaterThan(0);
    await pipeline.drain();
    expect(started).toBe(0);
  });
});

test('without a tracer provider there are no spans, and those who come later are heard', async () => {
  const { pipeline, inner } = pipelineOf();
  await tracer.startActiveSpan('request', () => pipeline.submit(1));
  expect(spans()).toEqual([]);
  expect(inner[0]).not.toBeUndefined();
  trace.setGlobalTracerProvider(provider);
  await pipeline.submit(1);
  expect(spans().length).toBe(2);
});

test.each(['startSpan', 'recordException', 'setStatus', 'end'] as const)(
  'a tracer that throws in %s is logged, and items go on',
  async (method) => {
    const error = jest.fn();
    diag.setLogger({ error, warn() {}, info() {}, debug() {}, verbose() {} }, DiagLogLevel.ERROR);
    const broken = (): never => {
      throw new Error('out of order');
    };
    const span = (): Span => Object.assign(Object.create(tracer.startSpan('broken')) as Span, { [method]: broken });
    const startSpan = method === 'startSpan' ? broken : span;
    const { pipeline } = pipelineOf({ tracer: Object.assign(Object.create(tracer) as typeof tracer, { startSpan }) });
    const outcomes = await all(pipeline.run([1, 99, 2, 88, 77]));
    expect(outcomes.map(({ ok }) => ok)).toContain(true);
    await expect(pipeline.submit(99)).rejects.toThrow('bad');
    await pipeline.close();
    expect(error).toHaveBeenCalledWith('otel-perf: a span of a pipeline failed', new Error('out of order'));
    diag.disable();
  },
);

test('what a stage throws need not be anything that can be told', async () => {
  trace.setGlobalTracerProvider(provider);
  const odd = [Object.create(null) as object, Symbol('odd'), undefined, Object.assign(new Error('odd'), { name: Symbol('odd') })];
  const pipeline = makePipeline(
    stage({
      name: 'a',
      run: (item: number) => {
        throw odd[item];
      },
    }),
  );
  const outcomes = await all(pipeline.run(numbers(odd.length)));
  expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error))).toEqual(odd);
  await pipeline.close();
});
