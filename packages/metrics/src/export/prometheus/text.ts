/** A sample's value, as the text format 0.0.4 spells it. */
export function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}

/**
 * A finite number as Go's `strconv.FormatFloat(value, 'g', -1, 64)` spells it, and with it everything that serves Prometheus by its Go
 * client: labels such as `le` are compared as texts.
 */
export function goNumberText(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return Object.is(value, -0) ? '-0' : String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** HELP and UNIT texts. */
export function helpText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').toWellFormed();
}

export function quotedText(text: string): string {
  return /["\\\n]/.test(text) ? `"${helpText(text).replaceAll('"', '\\"')}"` : `"${text.toWellFormed()}"`;
}

/** An attribute's value as a label's: text as it is, everything else as JSON, nothing as ''. Never throws. */
export function labelValue(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return typeof value === 'bigint' ? String(value) : '';
  }
}
