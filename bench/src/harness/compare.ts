import { isMet, type Case, type Goal } from './case.ts';
import { median, quantile } from './median.ts';
import { observe } from './observe.ts';

export interface Result {
  readonly id: string;
  readonly goal: Goal;
  readonly meaning: string;
  readonly unit: string;
  /** Median of the rounds; absent after a failure. */
  readonly measured?: number;
  readonly quartiles?: readonly [number, number];
  readonly rounds: number;
  readonly met: boolean;
  readonly error?: string;
}

const DEFAULT_ROUNDS = 9;

/**
 * Observes the contenders in turn, A B, B A, A B and so on, so that what the machine does meanwhile falls on all of them, and compares
 * those of the same round.
 */
export async function compare(
  id: string,
  { goal, figure, contenders, rounds: ownRounds }: Case,
  wanted: number | undefined,
): Promise<Result> {
  const rounds = wanted ?? ownRounds ?? DEFAULT_ROUNDS;
  const { unit, meaning } = figure;
  const names = Object.keys(contenders);
  const figures: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const observed: Record<string, number> = {};
      for (const name of round % 2 === 0 ? names : names.toReversed()) observed[name] = await observe(id, name);
      figures.push(figure.of(observed));
      process.stderr.write('.');
    }
  } catch (error) {
    return { id, goal, meaning, unit, rounds: figures.length, met: false, error: error instanceof Error ? error.message : String(error) };
  }
  const measured = median(figures);
  return {
    id,
    goal,
    meaning,
    unit,
    measured,
    quartiles: [quantile(figures, 0.25), quantile(figures, 0.75)],
    rounds,
    met: isMet(goal, measured),
  };
}
