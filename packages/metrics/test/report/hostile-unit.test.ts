import { expect, test } from '@jest/globals';
import { formatReport } from '../../src/report/print.ts';
import { formatValue } from '../../src/report/units.ts';
import { setUp } from '../read/set-up.ts';

test.each(['constructor', '__proto__', 'toString'])('a unit called %s is as unknown as any other', async (unit) => {
  expect(formatValue(5, unit)).toBe('5');
  const { meter, reader, provider } = setUp();
  meter.createGauge('theirs', { unit }).record(5);
  expect(formatReport(await reader.report())).toMatch(/theirs +1 +5 /);
  await provider.shutdown();
});
