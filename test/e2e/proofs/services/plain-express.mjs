// The same service as an ES module.
import express from 'express';

const app = express();
const items = express.Router();
items.get('/:id', (request, response) => {
  if (request.params.id === '0') throw new Error('no item 0');
  response.json({ id: request.params.id });
});
app.get('/hello', (_request, response) => response.send('hello'));
app.use('/items', items);
// Express would print the error.
app.use((_error, _request, response, _next) => response.status(500).end());
app.listen(Number(process.env.PORT), '127.0.0.1');
