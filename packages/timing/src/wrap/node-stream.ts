import type { Follower } from './run.ts';
import { shadow } from './shadow.ts';

/** What we need of a Node stream, of Node's own modules or of `readable-stream`. */
export interface NodeStream {
  emit(event: string | symbol, ...args: unknown[]): boolean;
  readonly readable?: boolean;
  readonly destroyed?: boolean;
  readonly read?: unknown;
  readonly writableFinished?: boolean;
}

/**
 * Watches what the stream emits through `emit` itself, since any listener would show: an `error` listener makes errors handled, a `data`
 * listener makes the stream flow. Each item that is read is emitted as `data`, in whatever mode the consumer reads.
 *
 * A stream that can be read ends when that side does, one that can only be written when it has finished; destroying it ends it early.
 */
export const followNodeStream: Follower<NodeStream> = (stream, run, { watched }) => {
  const readable = typeof stream.read === 'function';
  const over = stream.destroyed === true || (readable ? stream.readable === false : stream.writableFinished === true);
  const { emit: original } = stream;
  let items = 0;
  const release =
    over || watched.has(stream)
      ? undefined
      : shadow(stream, {
          emit(this: unknown, event: string | symbol, ..._args: unknown[]) {
            if (event === 'data') items++;
            else if (event === 'error') end(() => run.fail(arguments[1], counted()));
            else if (event === 'close' || event === (readable ? 'end' : 'finish')) end(() => run.succeed(stream, counted()));
            return Reflect.apply(original, this, arguments);
          },
        });
  if (release === undefined) {
    run.succeed(stream);
    return stream;
  }
  watched.add(stream);

  function counted(): number | undefined {
    return readable ? items : undefined;
  }

  function end(record: () => void): void {
    release!();
    watched.delete(stream);
    record();
  }

  return stream;
};
