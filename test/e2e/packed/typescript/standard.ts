import { timeBlock, timeFunction, trackResourceUsage } from '@otel-perf/timing';
import { recorded } from './recorded.js';

class Orders {
  @timeFunction('open')
  static open(): Orders {
    return new Orders();
  }

  @timeFunction()
  accessor discount = 0;

  @timeFunction('to_cents')
  toCents = (amount: number): number => amount * 100;

  @timeFunction('load', { attributes: ([id]) => ({ id }) })
  async load(id: string): Promise<{ id: string; price: number }> {
    return { id, price: this.#price(3) };
  }

  @timeFunction('price')
  #price(amount: number): number {
    return this.toCents(amount) - this.discount;
  }

  @timeFunction('rows')
  *rows(count: number): Generator<number, void, undefined> {
    for (let row = 0; row < count; row++) yield row;
  }

  @timeFunction('refuse')
  refuse(): never {
    throw new RangeError('not today');
  }
}

@timeFunction('store')
class Store {
  get size(): number {
    return 2;
  }

  find(id: string): string {
    return id;
  }
}

class Imports {
  @trackResourceUsage('import', { memory: false })
  run(rows: readonly string[]): number {
    return rows.length;
  }
}

async function main(): Promise<void> {
  const orders = Orders.open();
  orders.discount = 50;
  const results: unknown[] = [
    await orders.load('42'),
    [...orders.rows(3)],
    new Store().size,
    new Store().find('a'),
    new Imports().run(['1']),
  ];
  try {
    orders.refuse();
  } catch (error) {
    results.push(String(error));
  }
  {
    using block = timeBlock('block');
    results.push(block.operationName);
  }
  console.log(JSON.stringify({ results, recorded: await recorded() }));
}

void main();
