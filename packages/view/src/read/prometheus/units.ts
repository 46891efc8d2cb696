/** Words of Prometheus' naming, as the Collector and `@otel-perf/metrics` append them, to UCUM. */
const UNITS = new Map([
  ['days', 'd'],
  ['hours', 'h'],
  ['minutes', 'min'],
  ['seconds', 's'],
  ['milliseconds', 'ms'],
  ['microseconds', 'us'],
  ['nanoseconds', 'ns'],
  ['bytes', 'By'],
  ['kibibytes', 'KiBy'],
  ['mebibytes', 'MiBy'],
  ['gibibytes', 'GiBy'],
  ['kilobytes', 'kBy'],
  ['megabytes', 'MBy'],
  ['gigabytes', 'GBy'],
  ['meters', 'm'],
  ['volts', 'V'],
  ['amperes', 'A'],
  ['joules', 'J'],
  ['watts', 'W'],
  ['grams', 'g'],
  ['celsius', 'Cel'],
  ['hertz', 'Hz'],
  ['ratio', '1'],
  ['percent', '%'],
  ['bytes_per_second', 'By/s'],
  ['per_second', '{item}/s'],
]);

/** The unit that a UNIT line tells; one that is no word of Prometheus' is taken as UCUM. */
export function unitOfWord(word: string): string {
  return UNITS.get(word) ?? word;
}

/**
 * The unit that a name ends with, as Prometheus' naming practices ask for ("a suffix describing the unit, in plural form"), before a
 * counter's `_total`; '' where it ends with none.
 */
export function unitOfName(name: string): string {
  const words = name.replace(/_total$/, '').split('_');
  for (const length of [3, 2, 1]) {
    const unit = words.length > length ? UNITS.get(words.slice(-length).join('_')) : undefined;
    if (unit !== undefined) return unit;
  }
  return '';
}
