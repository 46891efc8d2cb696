/** Widths of an input at which `fixtures/mortal.ts` lets its thread die. The first number of that input says how far it is. */
export const EXITS = 40;
export const THROWS = 48;
/** Waits, once it is there, to be told to go on or to throw. */
export const HOLDS = 56;

export const BEGUN = 1;
export const GO_ON = 2;
export const THROW = 3;
