import 'reflect-metadata';
import { measureThroughput, timeBlock, timeFunction } from '@otel-perf/timing';
import { recorded } from './recorded.js';

// What a framework such as NestJS does with the decorators of a controller: it keeps metadata with the method, and reads it when it starts.
const Get = (path: string) => (_target: object, _key: string, descriptor: PropertyDescriptor) =>
  Reflect.defineMetadata('path', path, descriptor.value as object);
const Injectable = () => (_target: object) => {};
const Param = () => (target: object, key: string, index: number) => Reflect.defineMetadata('param', index, target, key);

class Prices {
  constructor(readonly discount: number) {}
}

@Injectable()
class Orders {
  @timeFunction('to_cents')
  toCents = (amount: number): number => amount * 100;

  constructor(private readonly prices: Prices) {}

  @timeFunction('open')
  static open(): Orders {
    return new Orders(new Prices(50));
  }

  @Get('above')
  @timeFunction('load', { attributes: ([id]) => ({ id }) })
  async load(@Param() id: string): Promise<{ id: string; price: number }> {
    return { id, price: this.toCents(3) - this.discount };
  }

  @timeFunction('count')
  @Get('below')
  @measureThroughput('count', (_args, count) => count as number)
  count(): number {
    return 3;
  }

  @timeFunction()
  get discount(): number {
    return this.prices.discount;
  }

  @timeFunction('refuse')
  refuse(): never {
    throw new RangeError('not today');
  }
}

@timeFunction('store')
class Store {
  find(id: string): string {
    return id;
  }
}

const named = (value: unknown): unknown => (Array.isArray(value) ? value.map(named) : (value as { name: string }).name);

async function main(): Promise<void> {
  const orders = Orders.open();
  const results: unknown[] = [await orders.load('42'), orders.count(), new Store().find('a'), timeBlock('block', () => 'in a block')];
  try {
    orders.refuse();
  } catch (error) {
    results.push(String(error));
  }
  const metadata = {
    types: named([
      Reflect.getMetadata('design:paramtypes', Orders),
      Reflect.getMetadata('design:paramtypes', Orders.prototype, 'load'),
      Reflect.getMetadata('design:returntype', Orders.prototype, 'load'),
    ]),
    paths: [Reflect.getMetadata('path', Orders.prototype.load), Reflect.getMetadata('path', Orders.prototype.count)],
    param: Reflect.getMetadata('param', Orders.prototype, 'load'),
  };
  console.log(JSON.stringify({ results, metadata, recorded: await recorded() }));
}

void main();
