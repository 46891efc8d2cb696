import { basename, extname } from 'node:path';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import { isOfLauncher } from '../launchers.ts';

/** What `otel-perf doctor` wants of the program that it runs. */
export interface Order {
  /** Where each part of the program that is looked at leaves what was found. */
  readonly folder: string;
  /** When to look, in milliseconds since 1970. */
  readonly at: number;
  /** NODE_OPTIONS with the hook, and as they were before. */
  readonly hooked: string;
  readonly nodeOptions?: string;
}

const VARIABLE = 'OTEL_PERF_DOCTOR';

/** Programs that run others in processes of their own: it is those that are looked at. */
const LAUNCHERS = new Set([
  'npm',
  'npm-cli',
  'npx',
  'npx-cli',
  'pnpm',
  'pnpx',
  'yarn',
  'corepack',
  'tsx',
  'nodemon',
  'nest',
  'concurrently',
  'dotenv',
  'cross-env',
]);

/**
 * The order, where this part of the program is to be looked at: the first process that is no launcher, its worker threads, and those
 * workers of its cluster that are given it. The environment is then as it was before; programs that this one starts are not looked at.
 */
export function takeOrder(): Order | undefined {
  if (!isMainThread) return getEnvironmentData(VARIABLE) as unknown as Order | undefined;
  const given = process.env[VARIABLE];
  if (given === undefined || isLauncher(process.argv[1])) return undefined;
  const order = JSON.parse(given) as Order;
  delete process.env[VARIABLE];
  if (order.nodeOptions === undefined) delete process.env['NODE_OPTIONS'];
  else process.env['NODE_OPTIONS'] = order.nodeOptions;
  setEnvironmentData(VARIABLE, { ...order });
  return order;
}

/** Variables by which a process takes the order. */
export function orderVariables(order: Order): Record<string, string> {
  return { NODE_OPTIONS: order.hooked, [VARIABLE]: JSON.stringify(order) };
}

function isLauncher(script: string | undefined): boolean {
  return script !== undefined && (LAUNCHERS.has(basename(script, extname(script))) || isOfLauncher(script));
}
