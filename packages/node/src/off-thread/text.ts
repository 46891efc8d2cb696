import { ArenaText, Observation, type TextSource } from '@otel-perf/meter-provider/serve-parts';
import type { PrometheusOptions } from '@otel-perf/metrics';
import { READER_INDEX } from './protocol.ts';
import type { Recorded } from './recorded.ts';

/** The text of what all threads have recorded, for who writes it in this one. */
export function textOf({ arena, room, start }: Recorded, options: PrometheusOptions): TextSource {
  const source = new ArenaText({
    arena,
    resource: { attributes: start.resource },
    readerIndex: READER_INDEX,
    text: options,
    observation: new Observation(arena, undefined, start.observeTimeoutMillis),
  });
  return {
    contentType: (format) => source.contentType(format),
    render: (format, names) => {
      room.look();
      return source.render(format, names);
    },
  };
}
