import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { connect, createServer as createNetServer, type AddressInfo, type Server as NetServer } from 'node:net';

type Closable = Pick<NetServer, 'address' | 'close' | 'listen'>;

/** A server in place of a Collector, on a port of its own while `use` runs. @returns what that gives. */
async function during<T>(server: Closable & NodeJS.EventEmitter, use: (port: number) => Promise<T>): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
    if ('closeAllConnections' in server) (server as Server).closeAllConnections();
  }
}

/** Gives every request this status. */
export function answering<T>(status: number, use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status).end();
  });
  return during(server, use);
}

/** Speaks HTTP/2 alone, as gRPC does. */
export function speakingGrpc<T>(use: (port: number) => Promise<T>): Promise<T> {
  return during(createHttp2Server(), use);
}

/** Takes connections, and says nothing. */
export function silent<T>(use: (port: number) => Promise<T>): Promise<T> {
  // What is not read is never seen to end, and the server would not close.
  const server = createNetServer((socket) => void socket.on('error', () => {}).resume());
  return during(server, use);
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  return silent(async (port) => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    return port;
  });
}
