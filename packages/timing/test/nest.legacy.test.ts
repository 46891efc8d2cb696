import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  Controller,
  Get,
  HttpException,
  Injectable,
  Module,
  Param,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { timeFunction } from '../src/index.ts';
import { bench } from './support/collector.ts';

const { collector, log } = bench();
const timed = timeFunction(undefined, { collector });

@Injectable()
class Cats {
  @timed
  async find(name: string): Promise<{ name: string }> {
    if (name === 'nobody') throw new HttpException('no such cat', 404);
    return { name };
  }
}

@Injectable()
class RoleGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const role = new Reflector().get<string>('role', context.getHandler());
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    return role === undefined || request.headers['x-role'] === role;
  }
}

@Controller('methods')
class ByMethod {
  readonly #cats: Cats;
  constructor(cats: Cats) {
    this.#cats = cats;
  }

  @timed
  @Get('cats/:name')
  find(@Param('name') name: string): Promise<{ name: string }> {
    return this.#cats.find(name);
  }

  @timed
  @Get('above')
  @SetMetadata('role', 'admin')
  @UseGuards(RoleGuard)
  above(): string {
    return 'secret';
  }

  @Get('below')
  @SetMetadata('role', 'admin')
  @UseGuards(RoleGuard)
  @timed
  below(): string {
    return 'secret';
  }
}

@timed
@Controller('class')
class ByClass {
  @Get('guarded')
  @SetMetadata('role', 'admin')
  @UseGuards(RoleGuard)
  guarded(): string {
    return 'secret';
  }
}

@Module({ controllers: [ByMethod, ByClass], providers: [Cats] })
// oxlint-disable-next-line typescript/no-extraneous-class -- as NestJS has it
class App {}

describe('a NestJS application with timed handlers', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    app = await NestFactory.create(App, { logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());
  beforeEach(() => collector.clearMetrics());

  test('routes, injects and answers as ever', async () => {
    const response = await fetch(`${url}/methods/cats/tom`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ name: 'tom' });
    expect(log()).toEqual(['Cats.find find_time', 'ByMethod.find find_time']);
  });

  test('keeps its errors', async () => {
    const response = await fetch(`${url}/methods/cats/nobody`);
    expect(response.status).toBe(404);
    expect(log()).toEqual(['Cats.find find_time error.type=HttpException', 'ByMethod.find find_time error.type=HttpException']);
  });

  test.each(['methods/above', 'methods/below', 'class/guarded'])('still guards %s', async (path) => {
    expect((await fetch(`${url}/${path}`)).status).toBe(403);
    expect(log()).toEqual([]);
    const admitted = await fetch(`${url}/${path}`, { headers: { 'x-role': 'admin' } });
    expect(admitted.status).toBe(200);
    expect(await admitted.text()).toBe('secret');
    expect(log()).toHaveLength(1);
  });
});
