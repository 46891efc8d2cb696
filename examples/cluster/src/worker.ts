import { randomBytes, scrypt, type BinaryLike } from 'node:crypto';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { startOtelPerf } from '@otel-perf/node';
import { timeFunction } from '@otel-perf/timing';

// Each worker gets a port of its own, the first free one from 9464 on: on a shared one each scrape would come to another worker.
const { prometheusUrl } = await startOtelPerf({ otlp: false });

const derive = promisify<BinaryLike, BinaryLike, number, Buffer>(scrypt);

const hashPassword = timeFunction('hash_password')(async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('hex')}:${(await derive(password, salt, 32)).toString('hex')}`;
});

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url!, 'http://localhost');
  response.end(`${await hashPassword(searchParams.get('password') ?? '')}\n`);
});
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
process.send!(prometheusUrl ?? 'no endpoint');
