const WIDTH = 30;
const CLEAR = '\r\u001b[K';

export interface Progress {
  /** Has `print` print, between two pictures of the bar. */
  around(print: () => void): void;
  step(): void;
  stop(): void;
}

/** A bar on standard error while standard output goes to a terminal too; else none. */
export function showProgress(total: number): Progress {
  const { stdout, stderr } = process;
  if (!(stdout.isTTY && stderr.isTTY)) return { around: (print) => print(), step: () => {}, stop: () => {} };
  const startedAt = performance.now();
  let done = 0;
  const draw = (): void => {
    const full = Math.round((done / total) * WIDTH);
    const seconds = ((performance.now() - startedAt) / 1e3).toFixed(1);
    stderr.write(`${CLEAR}${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done}/${total} images, ${seconds} s`);
  };
  const timer = setInterval(draw, 200).unref();
  draw();
  return {
    around(print) {
      stderr.write(CLEAR);
      print();
      draw();
    },
    step() {
      done++;
      draw();
    },
    stop() {
      clearInterval(timer);
      stderr.write(CLEAR);
    },
  };
}
