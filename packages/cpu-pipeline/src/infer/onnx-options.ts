import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkBoolean, checkInteger, checkNumber } from '../model/options.ts';
import type { TensorMemoryOptions } from './tensor-memory.ts';

/** What can be changed while a model runs. */
export interface OnnxSettings {
  /** Worker threads, each with a session of its own: as many calls run at a time. Default 1. */
  readonly workers?: number;
  /** Threads within one operator of a session (`intraOpNumThreads`); its worker is one of them. Default 1. */
  readonly intraOpNumThreads?: number;
}

export interface OnnxOptions extends OnnxSettings, TensorMemoryOptions {
  /**
   * Whether the further threads of a session wait actively for their next work: quicker with cores to spare, and a burden on everything else
   * on the machine. Default false.
   */
  readonly spinning?: boolean;
  /**
   * Further options of onnxruntime's `InferenceSession.create`, such as `graphOptimizationLevel` or `executionProviders`. They are cloned
   * for the worker threads.
   */
  readonly executionOptions?: Readonly<Record<string, unknown>>;
}

export interface CloseOptions {
  /** How long calls may wait in line before they are refused; those that run cannot be interrupted. Default as long as it takes. */
  readonly timeoutMillis?: number;
}

const DEFAULTS: Required<OnnxSettings> = { workers: 1, intraOpNumThreads: 1 };
const MOST_WORKERS = 256;
const MOST_THREADS = 1024;
const MOST_MILLIS = 2 ** 31 - 1;

/** With `defaults` for what is not given. @throws TypeError or RangeError that names the option and its bound. */
export function checkSettings(settings: OnnxSettings, defaults: Required<OnnxSettings> = DEFAULTS): Required<OnnxSettings> {
  const { workers = defaults.workers, intraOpNumThreads = defaults.intraOpNumThreads } = settings;
  checkInteger('workers', workers, 1, MOST_WORKERS);
  checkInteger('intraOpNumThreads', intraOpNumThreads, 1, MOST_THREADS);
  return { workers, intraOpNumThreads };
}

export function checkTimeout({ timeoutMillis }: CloseOptions): number {
  return timeoutMillis === undefined || timeoutMillis === Infinity ? Infinity : checkNumber('timeoutMillis', timeoutMillis, 0, MOST_MILLIS);
}

/** The absolute path of a file that is given by its path or as a `file:` URL. @throws TypeError */
export function checkPath(path: string | URL): string {
  if (path instanceof URL) return fileURLToPath(path);
  if (typeof path !== 'string' || path === '') throw new TypeError(`path must be that of an .onnx file, not ${JSON.stringify(path)}`);
  return resolve(path);
}

/** @throws TypeError that names the option */
export function sessionOptions({ spinning = false, executionOptions = {} }: OnnxOptions): Readonly<Record<string, unknown>> {
  checkBoolean('spinning', spinning);
  if (!isRecord(executionOptions)) throw new TypeError(`executionOptions must be an object, not ${String(executionOptions)}`);
  if (executionOptions['intraOpNumThreads'] !== undefined) {
    throw new TypeError('executionOptions must not have intraOpNumThreads, which is an option of its own');
  }
  const extra = recordOf(executionOptions['extra']);
  const waiting = spinning ? {} : { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } };
  // What the caller says of waiting comes last: it is meant.
  return { ...executionOptions, extra: { ...extra, session: { ...waiting, ...recordOf(extra['session']) } } };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
