/** UCUM unit to the plural word the Collector appends (prometheus/otlptranslator 1.0, its spelling of `TiBy` included). */
const UNIT_WORDS = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
]);

/** What follows a `/`, in the singular. `m` is a minute here and a metre above: so says the Collector. */
const PER_WORDS = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
]);

/**
 * The words a unit adds to a metric name, in order: `By/s` gives `['bytes', 'per_second']`, `{item}/s` gives `['per_second']`.
 * A part with an annotation in braces adds nothing; a unit the tables do not know is kept, with illegal characters as `_`.
 */
export function unitSuffixes(unit: string): string[] {
  const slash = unit.indexOf('/');
  const main = word(slash === -1 ? unit : unit.slice(0, slash), UNIT_WORDS);
  const per = slash === -1 ? '' : word(unit.slice(slash + 1), PER_WORDS);
  const suffixes: string[] = [];
  if (main !== '') suffixes.push(main);
  if (per !== '') suffixes.push(`per_${per}`);
  return suffixes;
}

/**
 * What two units are compared by: equal quantities give equal texts, and a unit that says nothing (absent, or only a count of
 * things, such as `{request}`) gives ''.
 */
export function unitQuantity(unit: string): string {
  return unit === '1' ? 'ratio' : unitSuffixes(unit).join('_');
}

function word(part: string, words: Map<string, string>): string {
  const text = part.trim();
  if (/[{}]/.test(text)) return '';
  return (words.get(text) ?? text).replace(/[^a-zA-Z0-9:]+/g, '_').replace(/^_|_$/g, '');
}
