import { createServer, type Server } from 'node:net';

/** Below the ports that systems hand out to outgoing connections, so that none of those takes a port between here and its use. */
const FIRST = 15_000;
const LAST = 32_000;

/** `count` different ports of 127.0.0.1 on which nothing listens. */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  try {
    while (ports.length < count) {
      const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that none is chosen twice
      const server = await listen(port);
      if (server === undefined) continue;
      servers.push(server);
      ports.push(port);
    }
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
  return ports;
}

function listen(port: number): Promise<Server | undefined> {
  const { promise, resolve } = Promise.withResolvers<Server | undefined>();
  const server = createServer();
  server.once('error', () => resolve(undefined));
  server.listen(port, '127.0.0.1', () => resolve(server));
  return promise;
}
