// Preloaded by `otel-perf doctor` into the program that it runs, and all that this starts.
import { takeOrder } from './order.ts';

const order = takeOrder();
// Nothing else is loaded where nobody looks.
if (order !== undefined) (await import('./watch.ts')).watch(order);
