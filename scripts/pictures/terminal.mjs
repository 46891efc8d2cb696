// A program on a real pseudo-terminal, and the cells of what a terminal shows of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const requireOfView = createRequire(join(import.meta.dirname, '..', '..', 'packages', 'view', 'package.json'));
const { spawn } = requireOfView('@lydell/node-pty');
const { Terminal } = requireOfView('@xterm/headless');

const LIMIT_MILLIS = 60_000;

export class PictureTerminal {
  #screen;
  #pty;
  #exit;

  constructor(args, { columns, rows }) {
    this.#screen = new Terminal({ cols: columns, rows, allowProposedApi: true });
    const { NO_COLOR: _, ...env } = process.env;
    this.#pty = spawn(process.execPath, args, { name: 'xterm-256color', cols: columns, rows, env });
    this.#pty.onData((data) => this.#screen.write(data));
    this.#exit = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  press(keys) {
    this.#pty.write(keys);
  }

  /** The rows of the screen as runs of cells that look the same: column, text, and how it looks. */
  get rows() {
    const { active } = this.#screen.buffer;
    return Array.from({ length: this.#screen.rows }, (_, row) => runsOf(active.getLine(active.baseY + row), this.#screen.cols));
  }

  get text() {
    return this.rows.map((runs) => runs.map(({ text }) => text).join('')).join('\n');
  }

  /** Waits until what is on the screen is as `isThere` wants it. */
  async until(isThere) {
    for (let waited = 0; waited < LIMIT_MILLIS; waited += 50) {
      if (isThere(this.text)) return;
      // oxlint-disable-next-line no-await-in-loop -- until it is there
      await sleep(50);
    }
    throw new Error(`what should come did not. On the screen:\n${this.text}`);
  }

  /** Presses `keys`, which must end the program. */
  async end(keys) {
    this.press(keys);
    const code = await this.#exit;
    this.#screen.dispose();
    if (code !== 0) throw new Error(`the program in the terminal ended with status ${code}`);
  }
}

function runsOf(line, columns) {
  const runs = [];
  for (let column = 0; column < columns; column++) {
    const cell = line.getCell(column);
    // The second half of a wide character.
    if (cell.getWidth() === 0) continue;
    const look = {
      colour: cell.isFgPalette() ? cell.getFgColor() : undefined,
      isBold: cell.isBold() !== 0,
      isDim: cell.isDim() !== 0,
      isUnderlined: cell.isUnderline() !== 0,
      isInverse: cell.isInverse() !== 0,
    };
    const text = cell.getChars() || ' ';
    const last = runs.at(-1);
    if (last !== undefined && isSame(last.look, look)) last.text += text;
    else runs.push({ column, text, look });
  }
  return runs;
}

function isSame(a, b) {
  return Object.keys(a).every((key) => a[key] === b[key]);
}
