import { stringify } from 'csv-stringify/sync';
import { eventObjects, fullHistory, MILLION, NullWritable, TextWritable } from '../../fixtures/events.ts';
import { collectGarbage } from '../../fixtures/memory.ts';
import { expectEqual } from '../../fixtures/values.ts';
import { atLeast, ratio, type Case, type Timed } from '../../harness/case.ts';

const COLUMNS = ['name', 'value', 'metric_type', 'timestamp', 'source', 'tags'];

/** Theirs gets rows that are made, tags as text, and its string need not become bytes. */
export default {
  goal: atLeast(8),
  figure: ratio('csv-stringify', 'exportToCsv'),
  contenders: { exportToCsv, 'csv-stringify': csvStringify },
  rounds: 3,
} satisfies Case;

/** For a comparison of the contents. */
const SMALL = 20_000;

function exportToCsv(): Timed {
  const collector = fullHistory(MILLION);
  return {
    before: collectGarbage,
    async run() {
      const target = new NullWritable();
      const { written } = await collector.exportToCsv(target);
      expectEqual(written, MILLION, 'events written');
      expectEqual(target.bytes > 100 * MILLION, true, 'more than 100 bytes an event');
    },
    async check() {
      const small = fullHistory(SMALL);
      const target = new TextWritable();
      await small.exportToCsv(target);
      expectEqual(target.text, toCsv(rows(small)), 'text, and that of csv-stringify');
    },
  };
}

function csvStringify(): Timed {
  const made = rows(fullHistory(MILLION));
  let length = 0;
  return {
    before: collectGarbage,
    run() {
      ({ length } = toCsv(made));
    },
    check: () => expectEqual(length > 100 * MILLION, true, 'more than 100 characters an event'),
  };
}

function rows(collector: ReturnType<typeof fullHistory>): unknown[][] {
  return eventObjects(collector).map((event) => [
    event.name,
    event.value,
    event.metric_type,
    event.timestamp,
    event.source,
    JSON.stringify(event.tags),
  ]);
}

function toCsv(made: unknown[][]): string {
  return stringify(made, { header: true, columns: COLUMNS, record_delimiter: '\r\n' });
}
