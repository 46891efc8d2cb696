// A service that knows of no metrics.
import fastify from 'fastify';

const app = fastify();
app.get('/hello', () => 'hello');
app.get('/items/:id', ({ params }) => {
  if (params.id === '0') throw new Error('no item 0');
  return { id: params.id };
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
