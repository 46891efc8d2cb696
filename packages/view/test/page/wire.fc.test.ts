import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PageDocument } from '../../src/page/shared/document.ts';
import { decodeDocument, encodeDocument, encodeJson } from '../../src/page/shared/wire.ts';

const number = fc.double();
const text = fc.string({ unit: 'binary' });
const bins = fc.array(fc.record({ lower: number, upper: number, count: number }));
const figures = fc.record(
  { count: number, total: number, last: number, average: number, minimum: number, p50: number, exactPercentiles: fc.boolean() },
  { requiredKeys: ['exactPercentiles'] },
);
const series = fc.record(
  {
    name: text,
    source: text,
    type: text,
    kind: fc.constantFrom('distribution' as const, 'counter' as const, 'gauge' as const),
    unit: text,
    tags: fc.dictionary(text, text),
    figures,
    distribution: fc.record({ count: number, sum: number, buckets: bins }, { requiredKeys: ['count', 'buckets'] }),
    histogram: bins,
    points: fc.record({ of: fc.nat(), times: fc.array(number), values: fc.array(number) }),
  },
  { requiredKeys: ['name', 'source', 'type', 'kind', 'unit', 'tags', 'figures'] },
);
const documents: fc.Arbitrary<PageDocument> = fc.record({
  from: text,
  takenAt: number,
  problems: fc.array(text),
  series: fc.array(series),
  arenas: fc.constant([]),
});

describe('a document as JSON', () => {
  test('reads back to the very numbers and texts', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(decodeDocument(encodeDocument(document))).toEqual(document);
      }),
    );
  });

  test('has nothing that would end a script, or a line of one', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(encodeDocument(document)).not.toMatch(/[<\u2028\u2029]/);
      }),
    );
    expect(encodeJson({ name: '</script><!--\u2028' })).toBe('{"name":"\\u003c/script>\\u003c!--\\u2028"}');
  });
});
