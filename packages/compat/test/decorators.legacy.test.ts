import { beforeEach, expect, test } from '@jest/globals';
import { get_metrics_collector } from '../src/centralized_metrics_collector.ts';
import { measure_throughput, time_execution, time_function, track_resource_usage } from '../src/timing_utilities.ts';
import { recorded } from './recorded.ts';

class Orders {
  @time_function('load_order')
  async load(id: string) {
    return { id };
  }

  @time_execution('save_order')
  save() {
    return 'saved';
  }

  @track_resource_usage('index')
  index() {
    return 1;
  }

  @measure_throughput('import', 50)
  async import() {
    await new Promise(setImmediate);
    return 50;
  }
}

beforeEach(() => get_metrics_collector().clear_metrics());

test('the decorators are legacy decorators too', async () => {
  const orders = new Orders();
  expect(await orders.load('42')).toEqual({ id: '42' });
  expect([orders.save(), orders.index(), await orders.import()]).toEqual(['saved', 1, 50]);
  expect(recorded()).toEqual(
    expect.arrayContaining([
      ['load_order_time', 'time', 'Orders.load'],
      ['save_order_time', 'time', 'time_block'],
      ['index_time', 'time', 'Orders.index'],
      ['index_memory_delta', 'memory', 'Orders.index'],
      ['import_throughput', 'throughput', 'Orders.import'],
    ]),
  );
});
