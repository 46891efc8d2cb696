// The OCR example as its users run it: over its samples, and as a service under load.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const example = join(import.meta.dirname, '..', '..', 'examples', 'ocr-service');
const main = join(example, 'dist', 'main.js');
const samples = join(example, 'samples');

/** Reads the samples, and writes the three exports into `folder`. */
export async function readSamples(folder) {
  const child = spawn(process.execPath, [main, '--out', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the OCR example ended with status ${code}`);
}

/** The example with `--serve`, and clients that send it the samples, one after the other each, until it is disposed of. */
export class BusyService {
  #child;
  #clients;
  #isOver = false;
  url;

  static async start(folder, clients) {
    const service = new BusyService();
    const args = [main, '--serve', '--port', '0', '--out', folder];
    service.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    service.url = await address(service.#child);
    service.#clients = Array.from({ length: clients }, (_, i) => service.#client(i));
    return service;
  }

  /** A sample at a time, each client from another one on. */
  async #client(first) {
    const images = readdirSync(samples).filter((file) => /\.(png|jpg)$/.test(file));
    for (let i = first; !this.#isOver; i++) {
      const body = readFileSync(join(samples, images[i % images.length]));
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await fetch(`${this.url}/ocr`, { method: 'POST', body, headers: { 'content-type': 'application/octet-stream' } });
      // oxlint-disable-next-line no-await-in-loop -- of this answer
      await answer.text();
      if (!answer.ok && !this.#isOver) throw new Error(`the OCR service answered ${answer.status}`);
    }
  }

  async [Symbol.asyncDispose]() {
    this.#isOver = true;
    await Promise.all(this.#clients);
    this.#child.kill('SIGTERM');
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
  }
}

/** What the service says that it serves at. */
async function address({ stdout }) {
  let said = '';
  for await (const text of stdout.setEncoding('utf8')) {
    said += text;
    const url = /http:\/\/\S+?(?=\/ocr)/.exec(said)?.[0];
    if (url !== undefined) {
      // What else it prints is of no interest, but must go somewhere.
      stdout.resume();
      return url;
    }
  }
  throw new Error('the OCR service ended before it served');
}
