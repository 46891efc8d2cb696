const LEGAL = /^[a-z][a-z0-9_.\-/]{0,254}$/i;
const LONGEST = 255;

/**
 * The name under which OpenTelemetry records a metric called `name`: the same where its instrument-name syntax allows it, otherwise with
 * `_` for each character that it does not allow, a leading `m_` where a letter is missing, and cut where it is too long.
 */
export function legalName(name: string): string {
  if (LEGAL.test(name)) return name;
  const legal = name.replace(/[^a-z0-9_.\-/]/gi, '_');
  return (/^[a-z]/i.test(legal) ? legal : `m_${legal}`).slice(0, LONGEST);
}

/** A legal name for `name` that differs from `legalName(name)`, the same in every process. */
export function distinctLegalName(name: string): string {
  const suffix = `_${fnv1a(name).toString(16).padStart(8, '0')}`;
  return legalName(name).slice(0, LONGEST - suffix.length) + suffix;
}

/** Fowler, Noll, Vo: the 32-bit FNV-1a hash, over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
