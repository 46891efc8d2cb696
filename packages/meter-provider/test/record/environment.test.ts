import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { diag } from '@opentelemetry/api';
import { createAllowListAttributesProcessor, createDenyListAttributesProcessor, type ViewOptions } from '@opentelemetry/sdk-metrics';
import { processAttributes } from '../../src/record/attributes-processors.ts';
import { announce, announced, viewsOf, withdraw } from '../../src/record/environment.ts';
import { DEFAULT_SELECTION } from '../../src/record/reader-selection.ts';
import { catchDiag } from './reading.ts';

const buffer = new SharedArrayBuffer(8);
let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => {
  withdraw(buffer);
  diag.disable();
});

describe('what workers are told', () => {
  test('has the views, with the lists of the SDK', () => {
    const views: ViewOptions[] = [
      { instrumentName: 'a*', description: 'd', aggregationCardinalityLimit: 7 },
      {
        instrumentName: 'b',
        attributesProcessors: [createAllowListAttributesProcessor(['x', 'y']), createDenyListAttributesProcessor(['y'])],
      },
    ];
    announce(buffer, [DEFAULT_SELECTION], views);
    const told = announced()!;
    expect(told).toMatchObject({ buffer, threadId: 0, viewsLeftOut: 0, selections: [DEFAULT_SELECTION] });
    const copied = viewsOf(structuredClone({ ...told, buffer }));
    expect(copied[0]).toEqual(views[0]);
    expect(processAttributes(copied[1]!.attributesProcessors!, { x: 1, y: 2, z: 3 })).toEqual({ x: 1 });
  });

  test('leaves out views with code of their own, and says how many', () => {
    const processor = { process: () => ({}) };
    announce(buffer, [DEFAULT_SELECTION], [{ instrumentName: 'a', attributesProcessors: [processor] }, { instrumentName: 'b' }]);
    expect(announced()).toMatchObject({ views: [{ instrumentName: 'b' }], viewsLeftOut: 1 });
  });

  test('is nothing where it cannot be copied: a worker would not start', () => {
    announce(buffer, [DEFAULT_SELECTION], [{ instrumentName: 'a', description: (() => 'no text') as never }]);
    expect(announced()).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('workers cannot join')]);
  });

  test('is withdrawn by who announced it alone', () => {
    announce(buffer, [DEFAULT_SELECTION], []);
    withdraw(new SharedArrayBuffer(8));
    expect(announced()).toBeDefined();
    withdraw(buffer);
    expect(announced()).toBeUndefined();
  });
});
