import type { AddressInfo } from 'node:net';
import { app } from './app.ts';

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', (error) => {
  if (error !== undefined) throw error;
  console.log(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

// Requests under way are answered; then nothing is left to do, and otel-perf delivers what they recorded.
process.once('SIGTERM', () => server.close());
