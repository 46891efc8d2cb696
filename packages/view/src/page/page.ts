import type { Picture } from '../model/picture.ts';
import { documentOf } from './document/document-of.ts';
import { pageAssets } from './html/assets.ts';
import { contentSecurityPolicy } from './html/policy.ts';
import { shell } from './html/shell.ts';
import { PICTURE_ID } from './shared/data-ids.ts';
import { visible } from './shared/visible.ts';
import { encodeDocument } from './shared/wire.ts';

export interface PageOptions {
  /** Of the window. Default names where the picture is from. */
  readonly title?: string;
}

/**
 * One HTML page that shows `picture`, opens from a file and asks no network for anything. Figures are those of the picture; events are
 * counted into a histogram, and thinned out for the chart over time where they are many, which the page says.
 *
 * @throws TypeError for a title that is no string, Error where this package is not built.
 */
export function htmlPage(picture: Picture, { title = `otel-perf: ${visible(picture.from)}` }: PageOptions = {}): string {
  if (typeof title !== 'string') throw new TypeError(`title must be a string, not ${typeof title}`);
  const assets = pageAssets();
  return shell({ title, assets, policy: contentSecurityPolicy(assets, false), data: [PICTURE_ID, pictureJson(picture)] });
}

/** What a live page asks for at its `dataPath`: `application/json`, in UTF-8. */
export function pictureJson(picture: Picture): string {
  return encodeDocument(documentOf(picture));
}
