const cache = new Map<string, RegExp>();
const CACHED = 1000;

/** A test for the shell wildcards `*`, `?`, `[..]` and `[!..]`, as Python's `fnmatch.fnmatchcase` reads them; the whole text must match. */
export function globToRegExp(pattern: string): RegExp {
  let regExp = cache.get(pattern);
  if (regExp === undefined) {
    regExp = new RegExp(`^${translate(pattern)}$`, 'su');
    if (cache.size >= CACHED) cache.clear();
    cache.set(pattern, regExp);
  }
  return regExp;
}

/**
 * What lies between two stars matches as early as it can, and that choice is never taken back, as CPython's `fnmatch` does it: a lookahead
 * with a reference to what it found stands for the atomic group that JavaScript lacks. The last star alone may take any length.
 */
function translate(pattern: string): string {
  const [start = '', ...rest] = piecesBetweenStars(pattern);
  const end = rest.pop();
  if (end === undefined) return start;
  return `${start}${rest.map((piece, i) => `(?=(.*?${piece}))\\${i + 1}`).join('')}.*${end}`;
}

function piecesBetweenStars(pattern: string): string[] {
  const characters = [...pattern];
  const pieces = [''];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === '*') {
      pieces.push('');
      continue;
    }
    const set = character === '[' ? readSet(characters, i) : undefined;
    pieces[pieces.length - 1] += set?.source ?? (character === '?' ? '.' : escape(character));
    i = set?.end ?? i;
  }
  // A run of stars is one star.
  return pieces.filter((piece, i) => piece !== '' || i === 0 || i === pieces.length - 1);
}

/** The set that opens at `start`; `undefined` when it is never closed, and `[` then stands for itself. */
function readSet(characters: readonly string[], start: number): { source: string; end: number } | undefined {
  let i = start + 1;
  const negated = characters[i] === '!';
  if (negated) i++;
  const end = characters.indexOf(']', i + 1);
  if (end === -1) return undefined;
  const ranges: string[] = [];
  while (i < end) {
    const first = characters[i]!;
    if (characters[i + 1] === '-' && i + 2 < end) {
      const last = characters[i + 2]!;
      if (first.codePointAt(0)! <= last.codePointAt(0)!) ranges.push(`${inSet(first)}-${inSet(last)}`);
      i += 3;
    } else {
      ranges.push(inSet(first));
      i++;
    }
  }
  if (ranges.length === 0) return { source: negated ? '.' : '(?!)', end };
  return { source: `[${negated ? '^' : ''}${ranges.join('')}]`, end };
}

function escape(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

function inSet(character: string): string {
  return character === '-' ? '\\-' : escape(character);
}
