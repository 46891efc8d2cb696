/** A sample's value, as the text format 0.0.4 spells it. */
export function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
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
