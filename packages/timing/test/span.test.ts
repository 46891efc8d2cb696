import { AsyncLocalStorage } from 'node:async_hooks';
import {
  context,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type ContextManager,
  type Span,
  type SpanStatus,
  type TracerProvider,
} from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { timeExecution, timeFunction, type TimingOptions } from '../src/index.ts';
import { bench } from './support/collector.ts';
import { warnings } from './support/diag.ts';

class StorageContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => Reflect.apply(fn, thisArg, args) as ReturnType<F>);
  }
  bind<T>(_context: Context, target: T): T {
    return target;
  }
  enable(): this {
    return this;
  }
  disable(): this {
    return this;
  }
}

interface Recorded {
  tracer: string;
  name: string;
  attributes: Attributes;
  exceptions: unknown[];
  status?: SpanStatus;
  ended: number;
}

let spans: Recorded[] = [];

function span(tracer: string, name: string, attributes: Attributes): Span {
  const recorded: Recorded = { tracer, name, attributes: { ...attributes }, exceptions: [], ended: 0 };
  spans.push(recorded);
  const spanContext = { traceId: '1'.repeat(32), spanId: String(spans.length).padStart(16, '0'), traceFlags: 1 };
  const self: Partial<Span> = {
    spanContext: () => spanContext,
    setAttribute: (key, value) => ((recorded.attributes[key] = value), self as Span),
    setStatus: (status) => ((recorded.status = status), self as Span),
    recordException: (exception) => void recorded.exceptions.push(exception),
    end: () => void recorded.ended++,
  };
  return self as Span;
}

const provider = {
  getTracer: (tracer: string) => ({
    startSpan: (name: string, options: { attributes: Attributes }) => span(tracer, name, options.attributes),
  }),
} as unknown as TracerProvider;

const activeSpan = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;

describe('span', () => {
  beforeEach(() => {
    spans = [];
    context.setGlobalContextManager(new StorageContextManager());
    trace.setGlobalTracerProvider(provider);
  });
  afterEach(() => {
    trace.disable();
    context.disable();
  });

  const traced = (options: TimingOptions = {}): ReturnType<typeof timeFunction> =>
    timeFunction('op', { collector: bench().collector, span: true, ...options });

  test('goes around the call, and is active in it alone', () => {
    const call = traced({ attributes: { region: 'eu' } })(function call() {
      return activeSpan();
    });
    expect(call()).toBe('1'.padStart(16, '0'));
    expect(activeSpan()).toBeUndefined();
    expect(spans).toEqual([{ tracer: 'call', name: 'op', attributes: { region: 'eu' }, exceptions: [], ended: 1 }]);
  });

  test('is active across await, and ends with the promise', async () => {
    const promise = traced()(async () => {
      await undefined;
      return [activeSpan(), spans[0]!.ended];
    })();
    expect(spans[0]!.ended).toBe(0);
    expect(await promise).toEqual(['1'.padStart(16, '0'), 0]);
    expect(spans[0]!.ended).toBe(1);
  });

  test('is active in the body of a generator, whoever asks for the next item', () => {
    const generator = traced()(function* () {
      yield activeSpan();
      yield activeSpan();
    })();
    expect([...generator]).toEqual(['1'.padStart(16, '0'), '1'.padStart(16, '0')]);
    expect(spans[0]!.ended).toBe(1);
  });

  test('of a call that fails has the exception and the status', async () => {
    const error = new RangeError('too far');
    await expect(traced()(async () => Promise.reject(error))()).rejects.toBe(error);
    expect(spans[0]).toMatchObject({ attributes: { 'error.type': 'RangeError' }, exceptions: [error], ended: 1 });
    expect(spans[0]!.status).toEqual({ code: SpanStatusCode.ERROR, message: 'too far' });
  });

  test('of a block that is a decorator has its metadata', () => {
    timeExecution('op', { collector: bench().collector, span: true, metadata: { model: 'small', nested: { a: 1 } } })(() => {})();
    expect(spans[0]!.attributes).toEqual({ model: 'small' });
  });

  test('leaves the call alone while no tracer provider is registered', () => {
    trace.disable();
    expect(traced()(() => activeSpan())()).toBeUndefined();
    expect(spans).toEqual([]);
  });

  test('that cannot be made or ended costs one warning, not the call', async () => {
    trace.disable();
    const broken = (): never => {
      throw new Error('tracer');
    };
    trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: broken, startActiveSpan: broken }) });
    const call = traced()((n: number) => n);
    expect(await warnings(() => expect([call(1), call(2)]).toEqual([1, 2]))).toEqual([expect.stringContaining('span of "op" threw')]);
  });
});
