import { eventObjects, fullHistory, MILLION, NullWritable, TextWritable } from '../../fixtures/events.ts';
import { collectGarbage } from '../../fixtures/memory.ts';
import { expectEqual } from '../../fixtures/values.ts';
import { atLeast, ratio, type Case, type Timed } from '../../harness/case.ts';

/** Theirs gets the objects made, and its string need not become bytes. */
export default {
  goal: atLeast(2.5),
  figure: ratio('JSON.stringify', 'exportToJson'),
  contenders: { exportToJson, 'JSON.stringify': stringify },
  rounds: 3,
} satisfies Case;

/** For a comparison of the contents. */
const SMALL = 20_000;

function exportToJson(): Timed {
  const collector = fullHistory(MILLION);
  return {
    before: collectGarbage,
    async run() {
      const target = new NullWritable();
      const { written } = await collector.exportToJson(target);
      expectEqual(written, MILLION, 'events written');
      expectEqual(target.bytes > 100 * MILLION, true, 'more than 100 bytes an event');
    },
    async check() {
      const small = fullHistory(SMALL);
      const target = new TextWritable();
      await small.exportToJson(target);
      expectEqual(JSON.stringify(JSON.parse(target.text)), JSON.stringify(eventObjects(small)), 'what reads back');
    },
  };
}

function stringify(): Timed {
  const events = eventObjects(fullHistory(MILLION));
  let text = '';
  return {
    before() {
      text = '';
      collectGarbage();
    },
    run() {
      text = JSON.stringify(events);
    },
    check: () => expectEqual(text.length > 100 * MILLION, true, 'more than 100 characters an event'),
  };
}
