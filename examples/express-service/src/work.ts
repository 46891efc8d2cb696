import { createHmac, randomBytes, scrypt, timingSafeEqual, type BinaryLike } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { timeBlock, timeFunction } from '@otel-perf/timing';

const derive = promisify<BinaryLike, BinaryLike, number, Buffer>(scrypt);
const compress = promisify<Buffer, Buffer>(gzip);

const SECRET = process.env['WEBHOOK_SECRET'] ?? 'a secret of this example';

export class BadSignature extends Error {
  override readonly name = 'BadSignature';
  readonly status = 401;
}

export const hashPassword = timeFunction('hash_password')(async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('hex')}:${(await derive(password, salt, 32)).toString('hex')}`;
});

export const archive = timeFunction('archive')(async function archive(document: Buffer): Promise<{ bytes: number; compressed: number }> {
  return { bytes: document.length, compressed: (await compress(document)).length };
});

interface Order {
  readonly lines: readonly { readonly price: number; readonly quantity: number }[];
}

export function totalOf(text: string): number {
  const { lines } = timeBlock('parse_order', () => JSON.parse(text) as Order);
  return lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
}

/** A call that throws is timed as well, tagged with the name of its error. */
export const verify = timeFunction('verify_signature')(function verify(message: Buffer, signature: string): void {
  const expected = createHmac('sha256', SECRET).update(message).digest();
  const given = Buffer.from(signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new BadSignature('The signature does not fit');
});
