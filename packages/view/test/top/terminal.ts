import { setTimeout as sleep } from 'node:timers/promises';
import { spawn, type IPty } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const LIMIT_MILLIS = 20_000;

interface Options {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Exit {
  readonly exitCode: number;
  readonly signal?: number | undefined;
}

/** A program on a pseudo-terminal, and what a terminal shows of it. */
export class TestTerminal {
  readonly #pty: IPty;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  readonly exit: Promise<Exit>;
  /** All that was written, as it was written. */
  written = '';
  isCursorShown = true;
  #hasEnded = false;

  constructor(args: readonly string[], { columns = 100, rows = 30, env = {} }: Options = {}) {
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#screen.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (parameters) => this.#cursor(parameters, true));
    this.#screen.parser.registerCsiHandler({ prefix: '?', final: 'l' }, (parameters) => this.#cursor(parameters, false));
    const { NO_COLOR: _, ...inherited } = process.env;
    this.#pty = spawn(process.execPath, ['--conditions=@otel-perf/source', ...args], {
      name: env['TERM'] ?? 'xterm-256color',
      cols: columns,
      rows,
      env: { ...inherited, ...env },
    });
    this.#pty.onData((data) => {
      this.written += data;
      this.#screen.write(data);
    });
    this.exit = new Promise((resolve) => {
      this.#pty.onExit((exit) => {
        this.#hasEnded = true;
        resolve(exit);
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** What is on the screen, without spaces at the ends. */
  get lines(): string[] {
    const { active } = this.#screen.buffer;
    return Array.from({ length: this.#screen.rows }, (_, i) => active.getLine(active.baseY + i)?.translateToString(true) ?? '');
  }

  get text(): string {
    return this.lines.join('\n').trimEnd();
  }

  get isAlternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  get wraps(): boolean {
    return this.#screen.modes.wraparoundMode;
  }

  press(keys: string): void {
    this.#pty.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  hangUp(): void {
    this.#pty.kill('SIGHUP');
  }

  /** As if the terminal's window were closed. */
  destroy(): void {
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  /** Waits until the screen is as `isThere` wants it; fails with what is on it. */
  async until(what: string, isThere: (text: string) => boolean): Promise<string> {
    for (let waited = 0; waited < LIMIT_MILLIS; waited += 20) {
      if (isThere(this.text)) return this.text;
      // oxlint-disable-next-line no-await-in-loop -- until it is there
      await sleep(20);
    }
    throw new Error(`${what} did not come. On the screen:\n${this.text}`);
  }

  /** Ends the program if it has not, and waits for its last output. */
  async close(): Promise<void> {
    if (!this.#hasEnded) this.#pty.kill('SIGKILL');
    await this.exit;
    this.#screen.dispose();
  }

  #cursor(parameters: (number | number[])[], isShown: boolean): boolean {
    if (parameters.includes(25)) this.isCursorShown = isShown;
    return false;
  }
}
