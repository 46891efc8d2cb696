/** Widths of an input at which `fixtures/mortal.ts` lets its thread die. */
export const EXITS = 40;
export const THROWS = 48;
