import { Problems, type ProblemCode } from '../problems.ts';
import type { Report } from './protocol.ts';

/** Problems of the worker: told where the others of the process are. */
export class RelayedProblems extends Problems {
  readonly #post: (report: Report) => void;

  constructor(post: (report: Report) => void) {
    super();
    this.#post = post;
  }

  override tell(code: ProblemCode, message: string): void {
    this.#post({ kind: 'problem', code, message });
  }
}
