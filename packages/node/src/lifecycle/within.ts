/** Settled with `work`, or after `millis` at the latest. Never rejects. Keeps the process alive meanwhile. */
export async function within(millis: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, millis);
  });
  await Promise.race([limit, work.catch(() => {})]);
  clearTimeout(timer);
}
