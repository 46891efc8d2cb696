import { setTimeout as sleep } from 'node:timers/promises';
import { plainLines } from './frame.ts';
import type { Link } from './header.ts';
import { extend } from './history.ts';
import type { TopOptions } from './options.ts';
import { plainText } from './paint.ts';
import { failureAfter, now, scrape } from './scraper.ts';

/** The view after two scrapes, as plain text. */
export interface Once {
  readonly text: string;
  /** Whether both scrapes succeeded. */
  readonly isComplete: boolean;
}

/** Where the second scrape fails, the text has the figures of the first and says so. Rejects where the first fails. */
export async function readOnce({ url, shownUrl, everySeconds, filter }: TopOptions, columns: number): Promise<Once> {
  let history = extend(undefined, await scrape(url));
  await sleep(Math.max(0, history.latest.at + everySeconds - now()) * 1e3);
  const askedAt = now();
  let link: Link = { url: shownUrl, everySeconds, now: askedAt };
  try {
    history = extend(history, await scrape(url));
  } catch (error) {
    link = { ...link, failure: failureAfter(undefined, error, askedAt) };
  }
  const state = { scroll: 0, sort: 'rate', filter, isPaused: false, isHelp: false } as const;
  const lines = plainLines({ history, link, state, columns });
  return { text: `${lines.map(plainText).join('\n').trimEnd()}\n`, isComplete: link.failure === undefined };
}
