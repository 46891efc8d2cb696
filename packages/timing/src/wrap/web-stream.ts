import type { ReadableStreamReadResult } from 'node:stream/web';
import { watchAsyncIterator, type Progress } from './iterator.ts';
import { observe } from './promise.ts';
import type { Follower, FollowOptions, Run } from './run.ts';
import { shadow } from './shadow.ts';

type Reader = ReadableStreamDefaultReader | ReadableStreamBYOBReader;

/**
 * A stream ends when it is read to its end, is cancelled or fails, by whichever of its methods it is consumed. Its items are counted as they
 * come out: after `pipeThrough` those of the stream that it returns. `pipeTo` lets nobody see the items, so that they are not counted.
 */
export const followWebStream: Follower<ReadableStream> = (stream, run, options) => {
  let items: number | undefined = 0;
  const { watched } = options;
  const progress: Progress & { uncounted(): void } = {
    item: () => items !== undefined && items++,
    uncounted: () => (items = undefined),
    end: () => {
      watched.delete(stream);
      run.succeed(stream, items);
    },
    fail: (error) => {
      watched.delete(stream);
      run.fail(error, items);
    },
  };
  if (watched.has(stream) || !watchStream(stream, progress, run, options)) run.succeed(stream);
  else watched.add(stream);
  return stream;
};

type StreamProgress = Progress & { uncounted(): void };

function watchStream(stream: ReadableStream, progress: StreamProgress, run: Run, options: FollowOptions): boolean {
  const { samePromise } = options;
  const { getReader, values, pipeTo, pipeThrough, tee, cancel } = stream;
  const iterable = {
    values(this: ReadableStream, ...args: unknown[]): unknown {
      const iterator = Reflect.apply(values, this, args);
      watchAsyncIterator(iterator, progress, samePromise, run);
      return iterator;
    },
  };
  const release = shadow(stream, {
    getReader(this: ReadableStream, ..._options: unknown[]) {
      const reader: Reader = Reflect.apply(getReader, this, arguments);
      watchReader(reader, progress, samePromise);
      return reader;
    },
    values: iterable.values,
    [Symbol.asyncIterator]: iterable.values,
    pipeTo(this: ReadableStream, _destination: unknown) {
      progress.uncounted();
      return observe(Reflect.apply(pipeTo, this, arguments), samePromise, progress.end, progress.fail);
    },
    pipeThrough(this: ReadableStream, _transform: unknown) {
      const piped: ReadableStream = Reflect.apply(pipeThrough, this, arguments);
      watchStream(piped, progress, run, options);
      return piped;
    },
    tee(this: ReadableStream) {
      const branches: [ReadableStream, ReadableStream] = Reflect.apply(tee, this, arguments);
      const shared = bothBranches(progress);
      branches.forEach((branch) => watchStream(branch, shared(), run, options));
      return branches;
    },
    cancel(this: ReadableStream, ..._reason: unknown[]) {
      const { locked } = this;
      const cancelled: Promise<void> = Reflect.apply(cancel, this, arguments);
      return locked ? cancelled : observe(cancelled, samePromise, progress.end, progress.fail);
    },
  });
  return release !== undefined;
}

function watchReader(reader: Reader, progress: Progress, samePromise: boolean): void {
  const { read, releaseLock, closed } = reader;
  let released = false;
  let reading = 0;
  let closes = false;
  const settled = (): void => {
    if (--reading === 0 && closes) progress.end();
  };
  shadow(reader, {
    read(this: Reader, ..._view: unknown[]) {
      const result: Promise<ReadableStreamReadResult<unknown>> = Reflect.apply(read, this, arguments);
      reading++;
      const came = ({ done }: ReadableStreamReadResult<unknown>): void => {
        if (!done) progress.item();
        settled();
      };
      // The rejection reaches `closed` too.
      return observe(result, samePromise, came, settled);
    },
    releaseLock(this: Reader) {
      released = true;
      return Reflect.apply(releaseLock, this, arguments);
    },
  });
  // The standard marks `closed` as handled, so that looking at it does not show. It settles before the read of the last
  // item does, by one microtask or more.
  observe(
    closed as Promise<unknown>,
    true,
    () => {
      closes = true;
      if (reading === 0) progress.end();
    },
    (error) => {
      if (!released) progress.fail(error);
    },
  );
}

/** Both branches of `tee` see all items, so that the one that has read more counts; the stream ends when both have. */
function bothBranches(progress: StreamProgress): () => StreamProgress {
  let furthest = 0;
  let ended = 0;
  return () => {
    let items = 0;
    let over = false;
    return {
      ...progress,
      item: () => {
        if (++items <= furthest) return;
        furthest = items;
        progress.item();
      },
      end: () => {
        if (!over && ++ended === 2) progress.end();
        over = true;
      },
    };
  };
}
