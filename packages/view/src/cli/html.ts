import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Picture } from '../model/picture.ts';
import { htmlPage } from '../page/page.ts';
import { readArenas } from '../page/read-arenas.ts';
import { visible } from '../page/shared/visible.ts';
import { readPicture } from '../read/read-picture.ts';

const DONE = 0;
const FAILED = 2;
const STDOUT = '-';

export const HTML_USAGE = `Usage:
  otel-perf html FILE|URL [-o FILE] [--arenas FILE] [--title TEXT]

Writes one HTML page that shows what a file (JSON, NDJSON or CSV of otel-perf, or Prometheus text) or a Prometheus endpoint has: a table of
all series that sorts and filters, distributions, values over time, pipelines and memory pools. It opens without a network.

  -o, --output FILE  where to. Default report.html; - is the standard output
  --arenas FILE      snapshots of memory pools to show as maps: JSON of MemoryPool.snapshot(), or a list of such
  --title TEXT       of the window. Default names what was read
  -h, --help         this text

Exit status: 0, or 2 if it could not read or write, or for wrong arguments.
`;

/** `otel-perf html` with its arguments. @returns the exit status. */
export async function runHtml(args: readonly string[]): Promise<number> {
  let wish: Wish | 'help';
  try {
    wish = parseWish(args);
  } catch (error) {
    return failed(error, `\n${HTML_USAGE}`);
  }
  if (wish === 'help') {
    process.stdout.write(HTML_USAGE);
    return DONE;
  }
  try {
    const picture = await read(wish);
    await write(htmlPage(picture, wish.title === undefined ? {} : { title: wish.title }), wish.output);
    tell(picture, wish.output);
    return DONE;
  } catch (error) {
    return failed(error);
  }
}

interface Wish {
  readonly where: string;
  readonly output: string;
  readonly arenas: string | undefined;
  readonly title: string | undefined;
}

/** @throws Error saying what is wrong. */
function parseWish(args: readonly string[]): Wish | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o', default: 'report.html' },
      arenas: { type: 'string' },
      title: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const [where, ...others] = positionals;
  if (where === undefined) throw new Error('which file or URL?');
  if (others.length > 0) throw new Error(`one file or URL, not ${positionals.length}`);
  if (values.output === '') throw new Error('--output must name a file');
  return { where, output: values.output, arenas: values.arenas, title: values.title };
}

async function read({ where, arenas }: Wish): Promise<Picture> {
  const picture = await readPicture(where);
  return arenas === undefined ? picture : { ...picture, arenas: await readArenas(arenas) };
}

async function write(html: string, output: string): Promise<void> {
  if (output !== STDOUT) return writeFile(output, html);
  return new Promise((resolve, reject) => {
    process.stdout.write(html, (error) => (error ? reject(error) : resolve()));
  });
}

function tell({ series, problems }: Picture, output: string): void {
  const unread = problems.length === 0 ? '' : `; ${problems.length} problems, which the page tells`;
  if (output !== STDOUT) process.stdout.write(`Wrote ${visible(output)}: ${series.length} series${unread}\n`);
}

function failed(error: unknown, more = ''): number {
  process.stderr.write(`otel-perf html: ${visible(error instanceof Error ? error.message : String(error))}\n${more}`);
  return FAILED;
}
