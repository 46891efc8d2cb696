import { whatRuns } from './running.ts';

/** Something that otel-perf could not do as asked. The service goes on without it. */
export interface Problem {
  /** For machines: stays the same when the message is reworded. */
  readonly code: ProblemCode;
  /** For people: what is wrong, what follows from it and what to do. One line. */
  readonly message: string;
}

export type ProblemCode =
  | 'already-started'
  | 'bad-exporter'
  | 'bad-variable'
  | 'endpoint-failed'
  | 'export-failed'
  | 'late-start'
  | 'later-provider'
  | 'memory-full'
  | 'missing-package'
  | 'no-page'
  | 'port-in-use'
  | 'provider-exists'
  | 'sdk-failed'
  | 'worker-failed';

/**
 * Where every part of the start reports what it has to do without. Each problem is told once in the process, as a warning of the process (`OtelPerfWarning`
 * with the code), which is seen without any logger, and which `--no-warnings` and a listener for `warning` can take.
 */
export class Problems {
  readonly #told = new Map<string, Problem>();

  tell(code: ProblemCode, message: string): void {
    const key = `${code}\0${message}`;
    if (this.#told.has(key)) return;
    const problem = { code, message };
    this.#told.set(key, problem);
    const { problems } = whatRuns();
    if (problems.some((each) => each.code === code && each.message === message)) return;
    problems.push(problem);
    process.emitWarning(message, { type: 'OtelPerfWarning', code });
  }

  get all(): readonly Problem[] {
    return [...this.#told.values()];
  }
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
