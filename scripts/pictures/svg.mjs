// What a terminal shows, as a picture: its text as text, at the place of its cells whatever font there is, and its block characters as shapes.
const WIDTH = 8.4;
const HEIGHT = 18;
const SIZE = 14;
const BASELINE = 13;
const PADDING = 12;

const GROUND = '#14171c';
const TEXT = '#e6e9ee';
const QUIET = '#a4adba';
/** Of the terminal's 16 colours those that the view uses, by their numbers. */
const COLOURS = { 1: '#ff9d9d', 6: '#6fd3e3' };

/** @param rows of `PictureTerminal`. */
export function svgOf(rows, { columns, title }) {
  const width = round(columns * WIDTH + 2 * PADDING);
  const height = rows.length * HEIGHT + 2 * PADDING;
  const parts = rows.flatMap((runs, row) => runs.flatMap((run) => partsOf(run, PADDING + row * HEIGHT)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>text{font:${SIZE}px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;fill:${TEXT};white-space:pre}.b{font-weight:700}.u{text-decoration:underline}</style>
<rect width="${width}" height="${height}" rx="8" fill="${GROUND}"/>
${parts.join('\n')}
</svg>
`;
}

function partsOf({ column, text, look }, top) {
  const { colour, isDim, isInverse } = look;
  const ink = COLOURS[colour] ?? (isDim ? QUIET : TEXT);
  const ground = isInverse ? [rect(column, top, text.length, ink)] : [];
  return [...ground, ...shapes(column, text, top, ink), ...words(column, text, top, look, isInverse ? GROUND : ink)];
}

/** Words that are one space apart stay together. */
function words(column, text, top, { isBold, isUnderlined }, ink) {
  // A line below a heading goes on between its words.
  const pattern = isUnderlined ? /.+/g : /[^ ▁-▏]+(?: [^ ▁-▏]+)*/g;
  const style = [isBold ? 'b' : '', isUnderlined ? 'u' : ''].join(' ').trim();
  return Array.from(text.matchAll(pattern), ({ 0: word, index }) => {
    const attributes = [
      `x="${x(column + index)}" y="${top + BASELINE}" textLength="${round(word.length * WIDTH)}"`,
      ...(style === '' ? [] : [`class="${style}"`]),
      ...(ink === TEXT ? [] : [`fill="${ink}" style="fill:${ink}"`]),
    ];
    return `<text ${attributes.join(' ')}>${escaped(word)}</text>`;
  });
}

/** Blocks of one to eight eighths of a cell: from below U+2581 to U+2588, from the left U+258F to U+2589. */
function shapes(column, text, top, ink) {
  const path = Array.from(text, (character, i) => {
    const code = character.codePointAt(0);
    if (code < 0x2581 || code > 0x258f) return '';
    const [across, high] = code <= 0x2588 ? [1, (code - 0x2580) / 8] : [(0x2590 - code) / 8, 1];
    const tall = round(high * (HEIGHT - 3));
    return `M${x(column + i)} ${round(top + HEIGHT - 2 - tall)}h${round(across * WIDTH)}v${tall}h-${round(across * WIDTH)}z`;
  }).join('');
  return path === '' ? [] : [`<path fill="${ink}" d="${path}"/>`];
}

function rect(column, top, columns, ink) {
  return `<rect x="${x(column)}" y="${top}" width="${round(columns * WIDTH)}" height="${HEIGHT}" fill="${ink}"/>`;
}

function x(column) {
  return round(PADDING + column * WIDTH);
}

function round(value) {
  return Number(value.toFixed(2));
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
