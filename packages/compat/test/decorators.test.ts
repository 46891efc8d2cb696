import { beforeEach, describe, expect, test } from '@jest/globals';
import { get_metrics_collector } from '../src/centralized_metrics_collector.ts';
import { measure_throughput, time_execution, time_function, track_resource_usage } from '../src/timing_utilities.ts';
import { recorded, values } from './recorded.ts';

const collector = get_metrics_collector();

beforeEach(() => collector.clear_metrics());

describe('time_function', () => {
  test('records <operation>_time, with the qualified name as source', async () => {
    class Orders {
      @time_function('load_order', { collect_metrics: true })
      async load(id: string) {
        return { id };
      }
    }
    expect(await new Orders().load('42')).toEqual({ id: '42' });
    expect(recorded()).toEqual([['load_order_time', 'time', 'Orders.load']]);
    expect(values('load_order_time')[0]).toBeGreaterThanOrEqual(0);
  });

  test('names the operation after the function unless told otherwise', () => {
    class Orders {
      @time_function()
      save() {}
    }
    new Orders().save();
    time_function()(function tidy() {})();
    expect(recorded()).toEqual([
      ['save_time', 'time', 'Orders.save'],
      ['tidy_time', 'time', 'tidy'],
    ]);
  });

  test('wraps a plain function: same name, length, this, value', () => {
    function add(this: { base: number }, a: number, b: number) {
      return this.base + a + b;
    }
    const timed = time_function('sum')(add);
    expect([timed.name, timed.length]).toEqual(['add', 2]);
    expect(timed.call({ base: 1 }, 2, 3)).toBe(6);
    expect(recorded()).toEqual([['sum_time', 'time', 'add']]);
  });

  test('lets errors through untouched, and records the call', async () => {
    const error = new TypeError('failed');
    const fail = time_function('fail')(() => {
      throw error;
    });
    const reject = time_function('reject')(async () => {
      throw error;
    });
    expect(fail).toThrow(error);
    await expect(reject()).rejects.toBe(error);
    expect(collector.get_metrics().map(({ name, tags }) => [name, tags])).toEqual([
      ['fail_time', { 'error.type': 'TypeError' }],
      ['reject_time', { 'error.type': 'TypeError' }],
    ]);
  });
});

describe('time_execution', () => {
  test('is time_block as a decorator', () => {
    class Orders {
      @time_execution('save_order', { metadata: { kind: 'test' } })
      save() {
        return 'saved';
      }
    }
    expect(new Orders().save()).toBe('saved');
    expect(recorded()).toEqual([['save_order_time', 'time', 'time_block']]);
  });
});

describe('track_resource_usage', () => {
  test('records time, memory and CPU', async () => {
    class Orders {
      @track_resource_usage('index')
      async index() {
        return Buffer.alloc(1024).length;
      }
    }
    expect(await new Orders().index()).toBe(1024);
    expect(recorded()).toEqual(
      expect.arrayContaining([
        ['index_time', 'time', 'Orders.index'],
        ['index_memory_delta', 'memory', 'Orders.index'],
        ['index_cpu_percent', 'percentage', 'Orders.index'],
      ]),
    );
    expect(Number.isInteger(values('index_memory_delta')[0])).toBe(true);
    expect(values('index_cpu_percent')[0]).toBeGreaterThanOrEqual(0);
  });
});

describe('measure_throughput', () => {
  test('records items per second', async () => {
    class Orders {
      @measure_throughput('import', 50)
      async import() {
        await new Promise(setImmediate);
      }
    }
    await new Orders().import();
    expect(recorded()).toContainEqual(['import_throughput', 'throughput', 'Orders.import']);
    expect(values('import_throughput')[0]).toBeGreaterThan(0);
  });
});

test('with collect_metrics: false nothing is recorded', async () => {
  const off = { collect_metrics: false };
  class Orders {
    @time_function('a', off)
    a() {
      return 1;
    }
    @time_execution('b', off)
    b() {
      return 2;
    }
    @track_resource_usage('c', off)
    c() {
      return 3;
    }
    @measure_throughput('d', 10, off)
    d() {
      return 4;
    }
  }
  const orders = new Orders();
  expect([orders.a(), orders.b(), orders.c(), orders.d(), time_function('e', off)(() => 5)()]).toEqual([1, 2, 3, 4, 5]);
  expect(recorded()).toEqual([]);
});
