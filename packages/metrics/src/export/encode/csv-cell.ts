/** What a spreadsheet takes for the start of a formula, or skips before one (OWASP's list, with the full-width signs and NUL). */
const FORMULA_STARTS = new Set('=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20');

const NEEDS_QUOTES = /[",\r\n]/;

/** A cell of text as RFC 4180 has it. What a spreadsheet would run as a formula is shown as text, by a leading single quote. */
export function csvCell(text: string): string {
  const safe = FORMULA_STARTS.has(text.charAt(0)) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A number stays a number, also below 0; what is absent or not finite is an empty cell. */
export function csvNumber(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '';
  return Object.is(value, -0) ? '-0' : String(value);
}
