import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { bundlePage } from '../../../view/test/page/bundle.ts';

/** What the page runs, which the build of its package makes. */
const CLIENT = join(import.meta.dirname, '../../../view/dist/page/client.js');

export async function builtPage(): Promise<void> {
  if (!existsSync(CLIENT)) await bundlePage();
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** As `fetch`, which has no say in the header `Host`. */
export async function get(url: string | URL, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  const [response] = (await once(request(url, { headers, method, agent: false }).end(), 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  return { status: response.statusCode!, headers: response.headers, text };
}

export interface PictureData {
  readonly from: string;
  readonly takenAt: number;
  readonly problems: readonly string[];
  readonly series: readonly { readonly name: string; readonly figures: Record<string, unknown>; readonly tags: Record<string, string> }[];
}

/** The picture beside the metrics at `url`. */
export async function pictureAt(url: string): Promise<PictureData> {
  const { status, text } = await get(new URL('/picture.json', url));
  if (status !== 200) throw new Error(`status ${status}: ${text}`);
  return JSON.parse(text) as PictureData;
}

export function totalIn({ series }: PictureData, name: string): unknown {
  return series.find((each) => each.name === name)?.figures['total'];
}
