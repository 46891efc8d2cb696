import { once } from 'node:events';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

const LIMIT_MILLIS = 5000;

/**
 * The status that an endpoint of this process answers a HEAD with. Whom its certificate names does not matter to who has opened it.
 * @param token which it wants, if any.
 */
export async function askEndpoint(url: string, token: string | undefined): Promise<number> {
  // What listens on all addresses has none of its own.
  const reachable = url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const options = { method: 'HEAD', agent: false, headers, signal: AbortSignal.timeout(LIMIT_MILLIS) };
  const isTls = url.startsWith('https:');
  const request = isTls ? requestHttps(reachable, { ...options, rejectUnauthorized: false }) : requestHttp(reachable, options);
  const answered = once(request.end(), 'response') as Promise<[IncomingMessage]>;
  const [response] = await answered;
  response.resume();
  return response.statusCode!;
}
