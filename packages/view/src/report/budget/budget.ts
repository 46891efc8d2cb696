import { isStatistic, STATISTICS, type Statistic } from '../statistics.ts';
import { scaleOfSuffix, SUFFIXES, type Scale } from './units.ts';

/** A bound that must not be crossed: it is broken where the comparison holds. */
export interface Budget {
  /** As it was given. */
  readonly text: string;
  readonly name: string;
  /** A series must carry all of them, and may carry more. Values as text. */
  readonly tags: ReadonlyMap<string, string>;
  readonly statistic: Statistic;
  readonly operator: Operator;
  readonly bound: number;
  /** Absent: the bound is in the unit of the series. */
  readonly scale?: Scale;
}

export type Operator = keyof typeof OPERATORS;

const OPERATORS = {
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
  '==': (value: number, bound: number) => value === bound,
  '!=': (value: number, bound: number) => value !== bound,
} as const;

const BUDGET = /^\s*(.+)\.(\w+)\s*(>=|<=|==|!=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(\S*)\s*$/is;
const SELECTOR = /^(?:"((?:[^"\\]|\\.)*)"|([^{}"]+?))\s*(?:\{(.*)\})?$/s;
const TAG = /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s="{},]+))\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/sy;

/**
 * `name.statistic operator bound`, such as `my_operation_time.p95 > 50ms` or `stage_time{stage="detect"}.average >= 0.1`. The name may stand
 * in quotes. Behind the bound a unit of time, bytes or `%`, or none.
 * @throws SyntaxError saying what is wrong.
 */
export function parseBudget(text: string): Budget {
  const fail = (reason: string): never => {
    throw new SyntaxError(`${reason} in ${JSON.stringify(text)}`);
  };
  const [, selector, statistic, operator, bound, suffix] = BUDGET.exec(text) ?? fail('not name.statistic, operator and bound');
  if (!isStatistic(statistic!)) return fail(`${statistic} is none of the statistics ${STATISTICS.join(', ')}`);
  const scale = scaleOfSuffix(suffix!);
  if (suffix !== '' && scale === undefined) return fail(`${suffix} is none of the units ${SUFFIXES.join(', ')}`);
  if (statistic === 'count' && scale !== undefined) return fail('a count has no unit');
  const [, quoted, plain, tags = ''] = SELECTOR.exec(selector!) ?? fail(`${selector} is no name with tags`);
  return {
    text,
    name: quoted === undefined ? plain!.trim() : unescaped(quoted),
    tags: tagsOf(tags) ?? fail('tags that are not like {key="value"}'),
    statistic,
    operator: operator as Operator,
    bound: Number(bound),
    ...(scale === undefined ? {} : { scale }),
  };
}

export function holds(operator: Operator, value: number, bound: number): boolean {
  return OPERATORS[operator](value, bound);
}

function tagsOf(text: string): Map<string, string> | undefined {
  const tags = new Map<string, string>();
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TAG.lastIndex = at;
    const found = TAG.exec(text);
    if (found === null) return undefined;
    const [all, quoted, plain, value] = found;
    tags.set(quoted === undefined ? plain! : unescaped(quoted), unescaped(value!));
    at += all.length;
  }
  return tags;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}
