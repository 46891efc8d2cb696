import cluster from 'node:cluster';
import { renameSync, writeFileSync } from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import { getMetricsCollector } from '@otel-perf/metrics';
import { noteResolved, seeCopies } from './api-copies.ts';
import type { Diagnosis } from './diagnosis.ts';
import { doctor } from './doctor.ts';
import { watchEarlyMeters } from './early-meters.ts';
import { orderVariables, type Order } from './order.ts';
import { deadInstruments } from './stand-ins.ts';

/** What was found in one part of a program. */
export interface Report {
  /** `main`, `worker 1`, `thread 1`. */
  readonly where: string;
  readonly pid: number;
  /** Whether nothing was recorded there. */
  readonly isIdle: boolean;
  readonly diagnosis: Diagnosis;
}

/** Time that a part gets which starts when the others are looked at. */
const LEAST_MILLIS = 500;

/** Watches this part of the program, looks once, at the time of the order or when nothing is left to do, and leaves a report. */
export function watch(order: Order): void {
  const { folder, at } = order;
  const path = join(folder, `${process.pid}-${threadId}`);
  seeCopies();
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      noteResolved(specifier, resolved.url);
      return resolved;
    },
  });
  watchEarlyMeters();
  if (cluster.isPrimary && isMainThread) handOn(order);
  let looked: Promise<void> | undefined;
  const look = (): void => void (looked ??= report(path));
  setTimeout(look, Math.max(LEAST_MILLIS, at - Date.now())).unref();
  process.once('beforeExit', look);
  leave(`${path}.watched`, '');
  process.once('exit', () => leave(`${path}.ended`, ''));
}

/** Has the workers of the cluster looked at too. Their own NODE_OPTIONS come before. */
function handOn(order: Order): void {
  const fork = cluster.fork.bind(cluster);
  cluster.fork = (env) => fork({ ...orderVariables(order), ...(env as object) });
  syncBuiltinESMExports();
}

/** Never rejects, and keeps the process alive meanwhile: an exporter that hangs does not. */
async function report(path: string): Promise<void> {
  const alive = setInterval(() => {}, 1000);
  const diagnosis = await doctor();
  const isIdle = deadInstruments().length === 0 && getMetricsCollector().allSeries().length === 0;
  const found: Report = { where: where(), pid: process.pid, isIdle, diagnosis };
  leave(`${path}.json`, JSON.stringify(found));
  clearInterval(alive);
}

function where(): string {
  if (!isMainThread) return `thread ${threadId}${cluster.isWorker ? ` of worker ${cluster.worker?.id}` : ''}`;
  return cluster.isWorker ? `worker ${cluster.worker?.id}` : 'main';
}

/** A file that appears whole. Once nobody waits for it any more, its folder is gone. */
function leave(path: string, text: string): void {
  try {
    writeFileSync(`${path}.tmp`, text);
    renameSync(`${path}.tmp`, path);
  } catch {
    // The program goes on.
  }
}
