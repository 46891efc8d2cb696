import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ItemContext } from '../../src/pipeline/context.ts';
import { PipelineClosedError } from '../../src/pipeline/errors.ts';
import { failed } from '../../src/pipeline/failed.ts';
import { stage, type Stage, type Stages } from '../../src/pipeline/stages.ts';
import { makePipeline, settle, turns } from './helpers.ts';

/** What a stage does with an item, by the item's number. */
interface Plan {
  readonly concurrency: number;
  readonly buffer: number | undefined;
  /** Of a stage with batches. */
  readonly batch: { readonly size: number; readonly waitMillis: number } | undefined;
  /** Turns of the event loop that a call takes; -1 returns at once, without a promise. */
  readonly turns: readonly number[];
  readonly fails: readonly boolean[];
  readonly throwsBatch: readonly boolean[];
  readonly resource: readonly ('own' | 'ownAsync' | 'deliver' | 'releaseAndOwn' | 'none')[];
  readonly ownsBatch: boolean;
}

const cycle = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 1, maxLength: 7 });
const seldom = fc.integer({ min: 0, max: 7 }).map((value) => value === 0);

const plan: fc.Arbitrary<Plan> = fc.record({
  concurrency: fc.integer({ min: 1, max: 4 }),
  buffer: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  batch: fc.option(fc.record({ size: fc.integer({ min: 1, max: 5 }), waitMillis: fc.constantFrom(0, 0, 1) }), { nil: undefined }),
  turns: cycle(fc.integer({ min: -1, max: 3 })),
  fails: cycle(seldom),
  throwsBatch: cycle(seldom),
  resource: cycle(fc.constantFrom('own', 'ownAsync', 'deliver', 'releaseAndOwn', 'none')),
  ownsBatch: fc.boolean(),
});

const end = fc.oneof(
  { weight: 2, arbitrary: fc.record({ how: fc.constant('finish' as const), after: fc.constant(0) }) },
  {
    weight: 3,
    arbitrary: fc.record({ how: fc.constantFrom('break', 'abort', 'abortLater', 'close'), after: fc.integer({ min: 0, max: 25 }) }),
  },
);

const scenario = fc.record({
  plans: fc.array(plan, { minLength: 1, maxLength: 4 }),
  items: fc.integer({ min: 0, max: 40 }),
  asyncSource: fc.boolean(),
  slowConsumer: fc.boolean(),
  end,
  /** Turns after which each submitted item is aborted; none of -1. */
  submitted: fc.array(fc.integer({ min: -1, max: 6 }), { maxLength: 12 }),
});

/** Sees to it that each is disposed of once, and never while a call has an item that it belongs to. */
class Tracked {
  disposed = 0;
  early = false;
  readonly #atWork: Set<number>;
  readonly #items: readonly number[];

  constructor(atWork: Set<number>, items: readonly number[]) {
    this.#atWork = atWork;
    this.#items = items;
  }

  count(): void {
    this.disposed++;
    if (this.#items.some((item) => this.#atWork.has(item))) this.early = true;
  }
}

class World {
  readonly resources: Tracked[] = [];
  /** Items that calls have now. */
  readonly atWork = new Set<number>();
  readonly mostCalls = new Map<string, number>();
  readonly mostItems = new Map<string, number>();
  readonly delivered = new Map<number, Tracked[]>();
  readonly #calls = new Map<string, number>();

  stages(plans: readonly Plan[]): Stages<number, number> {
    const [first, ...rest] = plans.map((one, i) => this.#stage(one, `s${i}`));
    return rest.reduce(
      (stages, next) => stages.into(next as never) as Stages<number, number>,
      stage(first as never) as Stages<number, number>,
    );
  }

  #stage(plan: Plan, name: string): Stage<number, number> {
    const { concurrency, buffer, batch } = plan;
    const common = { name, concurrency, ...(buffer === undefined ? {} : { buffer }) };
    if (batch === undefined) return { ...common, run: (item, context) => this.#call(plan, name, [item], [context], (work) => work[0]!()) };
    return {
      ...common,
      batch,
      runBatch: (items, context) => {
        if (plan.ownsBatch) context.own(this.#resource([...items], 'own'));
        return this.#call(plan, name, items, context.items, (work) => {
          if (at(plan.throwsBatch, items[0]!)) throw new Error(`${name} batch`);
          return work.map((one) => {
            try {
              return one();
            } catch (error) {
              return failed(error) as never;
            }
          });
        });
      },
    };
  }

  #call<R>(plan: Plan, name: string, items: readonly number[], contexts: readonly ItemContext[], finish: (work: (() => number)[]) => R) {
    const calls = (this.#calls.get(name) ?? 0) + 1;
    this.#calls.set(name, calls);
    this.mostCalls.set(name, Math.max(calls, this.mostCalls.get(name) ?? 0));
    this.mostItems.set(name, Math.max(items.length, this.mostItems.get(name) ?? 0));
    for (const item of items) {
      expect(this.atWork.has(item)).toBe(false);
      this.atWork.add(item);
    }
    const over = () => {
      this.#calls.set(name, this.#calls.get(name)! - 1);
      for (const item of items) this.atWork.delete(item);
      return finish(items.map((item, i) => () => this.#work(plan, item, contexts[i]!)));
    };
    for (const [i, item] of items.entries()) this.#take(at(plan.resource, item), item, contexts[i]!);
    const wait = at(plan.turns, items[0]!);
    return wait < 0 ? over() : turns(wait).then(over);
  }

  #work(plan: Plan, item: number, context: ItemContext): number {
    if (at(plan.fails, item)) throw new Error(`${context.stage} ${item}`);
    return item;
  }

  #take(how: Plan['resource'][number], item: number, context: ItemContext): void {
    if (how === 'none') return;
    const resource = this.#resource([item], how);
    if (how === 'deliver') {
      this.delivered.set(item, [...(this.delivered.get(item) ?? []), this.resources.at(-1)!]);
      context.deliver(resource);
    } else context.own(resource);
    if (how === 'releaseAndOwn') {
      expect(context.release(resource)).toBe(true);
      context.own(resource);
    }
  }

  #resource(items: readonly number[], how: string): Disposable {
    const tracked = new Tracked(this.atWork, items);
    this.resources.push(tracked);
    const dispose = () => tracked.count();
    return (
      how === 'ownAsync' ? { [Symbol.asyncDispose]: async () => (await settle(), dispose()) } : { [Symbol.dispose]: dispose }
    ) as Disposable;
  }
}

function at<T>(values: readonly T[], item: number): T {
  return values[item % values.length]!;
}

// A rejection that nobody handles fails the test too: Jest sees to that.
test('whatever happens: order, one outcome an item, bounds, and resources disposed of once and not too early', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ plans, items, asyncSource, slowConsumer, end: { how, after }, submitted }) => {
      const world = new World();
      const pipeline = makePipeline(world.stages(plans));
      let pulled = 0;
      let taken = 0;
      let sourceEnded = 0;
      const source = function* () {
        try {
          for (; pulled < items; ) {
            // Those that the consumer has asked for do not count.
            if (submitted.length === 0) expect(pulled - taken).toBeLessThanOrEqual(pipeline.capacity);
            yield pulled++;
          }
        } finally {
          sourceEnded++;
        }
      };
      const slow = async function* () {
        for (const item of source()) {
          if (item % 3 === 0) await settle();
          yield item;
        }
      };
      const accept = (item: number) => {
        for (const tracked of world.delivered.get(item) ?? []) tracked.count();
      };
      /** The stage where the item fails by itself. */
      const failsAt = (item: number) => plans.findIndex(({ fails }) => at(fails, item));

      const submissions = submitted.map(async (abortAfter, i) => {
        const item = 1000 + i;
        const controller = new AbortController();
        const result = pipeline.submit(item, { signal: controller.signal });
        const settled = result.then(
          (value) => {
            expect(value).toBe(item);
            expect(failsAt(item)).toBe(-1);
            accept(item);
          },
          (error: Error) => {
            const known = ['stop', `s${failsAt(item)} ${item}`].includes(error.message) || error.message.endsWith(' batch');
            expect(known || error instanceof PipelineClosedError).toBe(true);
          },
        );
        if (abortAfter >= 0) {
          await turns(abortAfter);
          controller.abort(new Error('stop'));
        }
        await settled;
      });

      const controller = new AbortController();
      const late = how === 'abortLater' ? turns(after).then(() => controller.abort(new Error('stop'))) : undefined;
      const closing = how === 'close' ? turns(after).then(() => pipeline.close()) : undefined;
      let ended: unknown = 'finished';
      try {
        for await (const outcome of pipeline.run(asyncSource ? slow() : source(), { signal: controller.signal })) {
          expect(outcome).toMatchObject({ index: taken, item: taken });
          taken++;
          const stageOfFailure = failsAt(outcome.index);
          if (outcome.ok) {
            expect(outcome.value).toBe(outcome.index);
            expect(stageOfFailure).toBe(-1);
            accept(outcome.index);
          } else {
            const { message } = outcome.error as Error;
            expect([`s${stageOfFailure} ${outcome.index}`, `${outcome.stage} batch`]).toContain(message);
            expect(world.delivered.get(outcome.index)?.every(({ disposed }) => disposed === 1) ?? true).toBe(true);
          }
          if (how === 'abort' && taken > after) controller.abort(new Error('stop'));
          if (how === 'break' && taken > after) {
            ended = 'left';
            break;
          }
          if (slowConsumer && taken % 2 === 0) await turns(2);
        }
      } catch (error) {
        ended = error;
      }
      await Promise.all(submissions);
      await late;
      await closing;
      if (ended === 'finished') expect(taken).toBe(items);
      else if (ended !== 'left') expect(ended instanceof PipelineClosedError || (ended as Error).message === 'stop').toBe(true);
      if (how === 'finish') expect(ended).toBe('finished');
      if (!asyncSource && pulled > 0) expect(sourceEnded).toBe(1);

      if (how !== 'close') await pipeline.drain();
      await pipeline.close();
      expect(pipeline.inFlight).toBe(0);
      expect(pipeline.read().waiting).toBe(0);
      expect(world.atWork.size).toBe(0);
      expect(world.resources.filter(({ disposed }) => disposed !== 1)).toEqual([]);
      expect(world.resources.filter(({ early }) => early)).toEqual([]);
      for (const [i, { concurrency, batch }] of plans.entries()) {
        expect(world.mostCalls.get(`s${i}`) ?? 0).toBeLessThanOrEqual(concurrency);
        expect(world.mostItems.get(`s${i}`) ?? 0).toBeLessThanOrEqual(batch?.size ?? 1);
      }
      await settle();
    }),
    { numRuns: Number(process.env['PIPELINE_RUNS'] ?? 300) },
  );
}, 60_000);
