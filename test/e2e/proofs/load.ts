/** Runs `call` `times` times, `atOnce` of them at a time. */
export async function repeat(times: number, atOnce: number, call: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as a client of the service
    while (next < times) await call(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** A request of which nothing but the status matters. @throws for a status that is not expected. */
export async function send(method: string, url: string, ...expected: readonly number[]): Promise<void> {
  const response = await fetch(url, { method });
  await response.arrayBuffer();
  const statuses = expected.length === 0 ? [200] : expected;
  if (!statuses.includes(response.status)) throw new Error(`${method} ${url} was answered ${response.status}`);
}

export async function json<Data>(url: string): Promise<Data> {
  return (await (await fetch(url)).json()) as Data;
}
