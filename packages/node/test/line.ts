import { test } from '@jest/globals';

/** Whether the tests run on the oldest OpenTelemetry line that is supported. */
export const isOldLine = process.env['OTEL_LINE'] === '2';

/** A test with packages that the oldest line has no copy of. */
export const testOnNewLine: typeof test = isOldLine ? (test.skip as typeof test) : test;
