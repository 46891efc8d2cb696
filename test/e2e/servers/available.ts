import { describe, jest, test } from '@jest/globals';
import { areRequired, missingServers, type ServerName } from '../../../scripts/servers.mjs';

export type { ServerName };

const ALL: readonly ServerName[] = ['collector', 'prometheus', 'promtool'];

/** Starting servers and waiting for scrapes takes a while; on a busy machine a long one. */
const TIMEOUT_MILLIS = 180_000;

/** The servers that are on this machine. */
export function availableServers(): Set<ServerName> {
  const missing = new Set(missingServers().map(({ name }) => name));
  return new Set(ALL.filter((name) => !missing.has(name)));
}

/**
 * `describe` for tests of real servers. Where one is missing it is skipped, and says so in its title; with OTEL_PERF_REQUIRE_SERVERS=1 it
 * fails instead. Gives the tests of the file the time that servers need.
 */
export function describeWithServers(name: string, needed: readonly ServerName[], define: () => void): void {
  jest.setTimeout(TIMEOUT_MILLIS);
  const missing = missingServers(needed);
  const names = missing.map(({ name }) => name).join(', ');
  /* oxlint-disable jest/valid-title, jest/valid-describe-callback, jest/no-disabled-tests -- title and tests are the caller's */
  if (missing.length === 0) describe(name, define);
  else if (!areRequired) describe.skip(`${name} (skipped: no ${names} here)`, define);
  else {
    test(name, () => {
      const how = missing.map(({ name, howToGet }) => `${name}: ${howToGet}`).join('\n');
      throw new Error(`OTEL_PERF_REQUIRE_SERVERS=1, and there is no ${names} here.\n${how}`);
    });
  }
  /* oxlint-enable jest/valid-title, jest/valid-describe-callback, jest/no-disabled-tests */
}
