import { pageAssets } from './html/assets.ts';
import { contentSecurityPolicy } from './html/policy.ts';
import { shell } from './html/shell.ts';
import { LIVE_ID, type LiveData } from './shared/data-ids.ts';
import { encodeJson } from './shared/wire.ts';

export interface LivePageOptions {
  /** Where the same server gives `pictureJson(…)`: an absolute path such as `/page/data`, or one relative to the page's. */
  readonly dataPath: string;
  /** Of the window and the page. Default `otel-perf`. */
  readonly title?: string;
}

export interface LivePage {
  readonly html: string;
  /** For the header of that name; the page has it within, too, but for `frame-ancestors`, which only a header can say. */
  readonly contentSecurityPolicy: string;
}

/**
 * A page that asks `dataPath` for a picture every two seconds while it can be seen, and keeps what it needs for charts over time.
 *
 * @throws TypeError or RangeError for a `dataPath` that is no path of the same server, Error where this package is not built.
 */
export function livePage({ dataPath, title = 'otel-perf' }: LivePageOptions): LivePage {
  checkDataPath(dataPath);
  if (typeof title !== 'string') throw new TypeError(`title must be a string, not ${typeof title}`);
  const assets = pageAssets();
  const policy = contentSecurityPolicy(assets, true);
  const live: LiveData = { title, dataPath };
  return {
    html: shell({ title, assets, policy, data: [LIVE_ID, encodeJson(live)] }),
    contentSecurityPolicy: `${policy}; frame-ancestors 'none'`,
  };
}

const ORIGIN = 'http://page.invalid';

function checkDataPath(dataPath: string): void {
  if (typeof dataPath !== 'string') throw new TypeError(`dataPath must be a string, not ${typeof dataPath}`);
  if (dataPath === '' || !URL.canParse(dataPath, ORIGIN) || new URL(dataPath, ORIGIN).origin !== ORIGIN)
    throw new RangeError(`dataPath must be a path of the page's own server, not ${JSON.stringify(dataPath)}`);
}
