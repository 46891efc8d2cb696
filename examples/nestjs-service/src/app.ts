import 'reflect-metadata';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getOtelPerf } from '@otel-perf/node';
import { HashController } from './hash.controller.ts';
import { HashService } from './hash.service.ts';

@Module({ controllers: [HashController], providers: [HashService] })
class AppModule implements OnApplicationShutdown {
  /** Runs when all requests are answered. */
  async onApplicationShutdown(): Promise<void> {
    const perf = await getOtelPerf();
    await perf?.shutdown();
  }
}

/** @returns where it listens. */
export async function startApp(port: number): Promise<string> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  await app.listen(port, '127.0.0.1');
  return app.getUrl();
}
