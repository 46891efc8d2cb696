import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const FIXTURE = fileURLToPath(new URL('fixtures/rejection.mjs', import.meta.url));

function run(how: string, handling: string): { code: number | null; out: string; message: string | undefined } {
  const args = ['--conditions=@otel-perf/source', '--no-warnings', FIXTURE, how, handling];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  return { code: status, out: stdout, message: /^Error: .*/m.exec(stderr)?.[0] };
}

describe.each(['unhandled', 'awaited', 'handled', 'handled later', 'thenable'])('a rejection that is %s', (handling) => {
  test('ends the process as it does without timing', () => {
    const plain = run('plain', handling);
    expect(run('timed', handling)).toEqual(plain);
    expect(plain.out).toMatch(/^started/);
    expect(plain.code).toBe(handling.startsWith('handled') ? 0 : 1);
  });
});

test('a span around the call changes nothing about it', () => {
  expect(run('traced', 'unhandled')).toEqual(run('plain', 'unhandled'));
});
