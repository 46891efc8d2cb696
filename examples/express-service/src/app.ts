/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 hands what they reject with to the error handler */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { showReport } from './report.ts';
import { archive, hashPassword, totalOf, verify } from './work.ts';

export const app: Express = express();

app.post('/accounts', express.json(), async (request, response) => {
  const { name, password } = request.body as { name: string; password: string };
  response.status(201).json({ name, hash: await hashPassword(password) });
});

app.post('/documents', express.raw({ type: '*/*', limit: '5mb' }), async (request, response) => {
  response.json(await archive(request.body as Buffer));
});

app.post('/orders', express.text({ type: '*/*' }), (request, response) => {
  response.json({ total: totalOf(request.body as string) });
});

app.post('/webhooks', express.raw({ type: '*/*' }), (request, response) => {
  verify(request.body as Buffer, request.get('x-signature') ?? '');
  response.status(204).end();
});

app.get('/report', showReport);

app.use((error: Error & { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
  const status = error instanceof SyntaxError ? 400 : (error.status ?? 500);
  response.status(status).json({ error: error.message });
});
