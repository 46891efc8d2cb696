import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { Orders } from '../../src/off-thread/orders.ts';

/** A thread that carries out an order by the shared word alone. */
const carriesOut = `
  const { workerData } = require('node:worker_threads');
  for (const id of workerData.ids) {
    Atomics.store(workerData.word, 0, id);
    Atomics.notify(workerData.word, 0);
  }`;

describe('an order', () => {
  test('is open until it is carried out, and who waits for it goes on then', async () => {
    const orders = new Orders();
    const [flush, close] = [orders.add('flush'), orders.add('close')];
    const events: string[] = [];
    const waiting = [orders.done(flush).then(() => events.push('flushed')), orders.done(close).then(() => events.push('closed'))];
    expect(orders.open).toEqual([
      { kind: 'flush', id: flush.id },
      { kind: 'close', id: close.id },
    ]);
    orders.finish(flush.id);
    await waiting[0];
    expect([events, orders.open]).toEqual([['flushed'], [close]]);
    orders.finish(close.id);
    await waiting[1];
    expect([events, orders.open]).toEqual([['flushed', 'closed'], []]);
    await orders.done(flush);
  });

  test('survives the worker that dies over it, but not the next', async () => {
    const orders = new Orders();
    const first = orders.add('flush');
    orders.bury();
    expect(orders.open).toEqual([first]);
    const second = orders.add('flush');
    orders.bury();
    await orders.done(first);
    expect(orders.open).toEqual([second]);
  });

  test('can be waited for by a thread that hears nothing', async () => {
    const orders = new Orders();
    const ids = [orders.add('flush'), orders.add('flush')].map(({ id }) => id);
    const worker = new Worker(carriesOut, { eval: true, workerData: { word: orders.word, ids } });
    expect(orders.waitFor(orders.open[1]!, 30_000)).toBe(true);
    await worker.terminate();
  });

  test('is given up when its time is over', () => {
    const orders = new Orders();
    expect([orders.waitFor(orders.add('flush'), 20), orders.open]).toEqual([false, []]);
  });
});
