/** One comparison, with the goal that it has to meet. */
export interface Case {
  readonly goal: Goal;
  readonly figure: Figure;
  /** By name. Each observation of each of them is a process of its own. */
  readonly contenders: Readonly<Record<string, () => Subject | Promise<Subject>>>;
  /** Observations of each contender, unless the command line says otherwise. Default 9. */
  readonly rounds?: number;
}

export interface Goal {
  readonly operator: '<=' | '>=';
  readonly bound: number;
}

/** What the observations of one round come to. */
export interface Figure {
  readonly unit: string;
  /** For the table. */
  readonly meaning: string;
  of(observed: Readonly<Record<string, number>>): number;
}

export type Subject = Timed | Sized;

/** Something that is done over and over; the observation is its time, in nanoseconds. */
export interface Timed {
  /** Does it so many times. */
  run(times: number): void | Promise<void>;
  /** Not timed. Where it is there, each run is preceded by it and does it once. */
  before?(): void | Promise<void>;
  /** Throws unless all of it was really done; `times` is how often it should have been, warm-up included. */
  check(times: number): void | Promise<void>;
}

/** A figure that is not a time, such as bytes. */
export interface Sized {
  measure(): number | Promise<number>;
}

export function ratio(numerator: string, denominator: string): Figure {
  return {
    unit: 'ratio',
    meaning: `${numerator} / ${denominator}`,
    of: (observed) => observed[numerator]! / observed[denominator]!,
  };
}

/** Nanoseconds that `more` takes beyond `less`. */
export function difference(more: string, less: string): Figure {
  return { unit: 'ns', meaning: `${more} - ${less}`, of: (observed) => observed[more]! - observed[less]! };
}

export function quantity(contender: string, unit: string): Figure {
  return { unit, meaning: contender, of: (observed) => observed[contender]! };
}

export function atMost(bound: number): Goal {
  return { operator: '<=', bound };
}

export function atLeast(bound: number): Goal {
  return { operator: '>=', bound };
}

export function isMet({ operator, bound }: Goal, measured: number): boolean {
  return operator === '<=' ? measured <= bound : measured >= bound;
}
