import type { Result } from './harness/compare.ts';

/** One result a line. */
export function toJson(results: readonly Result[]): string {
  return `[\n${results.map((result) => `  ${JSON.stringify(plain(result))}`).join(',\n')}\n]\n`;
}

export function toTable(results: readonly Result[]): string {
  const rows = [['id', 'figure', 'goal', 'measured', 'quartiles', 'rounds', ''], ...results.map(cells)];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** What a run that is cut off leaves: the figure, behind its id. */
export function toProgress({ measured, unit, met, error }: Result): string {
  return measured === undefined ? `\n${error}` : ` ${rounded(measured)}${suffixOf(unit)} ${met ? 'met' : 'MISSED'}`;
}

function plain({ id, goal, measured, quartiles, rounds, met, unit, error }: Result): object {
  return {
    id,
    goal: goalText(goal),
    ratio: measured === undefined ? null : rounded(measured),
    quartiles: quartiles?.map(rounded) ?? null,
    rounds,
    met,
    unit,
    error,
  };
}

function cells({ id, goal, meaning, measured, quartiles, rounds, met, unit, error }: Result): string[] {
  const suffix = suffixOf(unit);
  const goalCell = `${goalText(goal)}${suffix}`;
  if (measured === undefined || quartiles === undefined) return [id, meaning, goalCell, '', '', String(rounds), `failed: ${error}`];
  const [low, high] = quartiles.map(rounded);
  return [id, meaning, goalCell, `${rounded(measured)}${suffix}`, `${low} - ${high}`, String(rounds), met ? 'met' : 'MISSED'];
}

function suffixOf(unit: string): string {
  return unit === 'ratio' ? 'x' : ` ${unit}`;
}

function goalText({ operator, bound }: Result['goal']): string {
  return `${operator} ${bound}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
