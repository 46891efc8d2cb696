const MOST = 20;
const LONGEST = 100;

/** As OpenTelemetry's semantic conventions call all that is not told apart. */
const OTHER = '_OTHER';

/** The values of the tag `error.type` at one site: the first 20 that differ, `_OTHER` for all that come later. */
export class ErrorTypes {
  readonly #seen = new Set<string>();

  of(error: unknown): string {
    const type = errorType(error);
    if (this.#seen.has(type)) return type;
    if (this.#seen.size >= MOST) return OTHER;
    this.#seen.add(type);
    return type;
  }
}

/** The name of an error, or what tells a plain `Error` apart: its class, or a code such as `ENOENT`. Of what is no object, its `typeof`. */
function errorType(error: unknown): string {
  if (typeof error !== 'object' || error === null) return error === null ? 'null' : typeof error;
  try {
    const { name, code, constructor } = error as { name?: unknown; code?: unknown; constructor?: { name?: unknown } };
    if (isWord(name) && name !== 'Error') return name;
    if (isWord(code) && /^[A-Z][A-Z0-9_]*$/.test(code)) return code;
    return isWord(constructor?.name) ? constructor.name : OTHER;
  } catch {
    return OTHER;
  }
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST;
}
