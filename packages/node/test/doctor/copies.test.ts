import { describe, expect, test } from '@jest/globals';
import { isOldLine } from '../line.ts';
import { Layout } from './layout.ts';
import { command, diagnosed, printed, problems, text } from './run.ts';

function commandAt(path: string) {
  return command(['doctor', '--after', '60', '--json', 'node', path]);
}

describe('two copies of the API', () => {
  test.concurrent('keep apart where the one of the program is newer than that which registered', () =>
    Layout.with('1.10.0', '1.9.0', async (layout) => {
      const program = layout.program('two-copies.mjs');
      const diagnosis = await diagnosed(program);
      expect(problems(diagnosis)).toEqual(['two-apis']);
      const said = text(diagnosis, 'problem', 'two-apis');
      expect(said).toMatch(
        /1\.10\.0 in .*node_modules[^]*registered by 1\.9\.0, which 1\.10\.0 does not heed[^]*is lost[^]*npm ls @opentelemetry\/api/,
      );
    }));

  test.concurrent('keep apart, and the command says whose instruments are lost', () =>
    Layout.with('1.10.0', '1.9.0', async (layout) => {
      const ended = await commandAt(layout.program('two-copies.mjs'));
      expect([problems(printed(ended)), ended.code]).toEqual([['two-apis'], 1]);
      expect(text(printed(ended), 'problem', 'two-apis')).toContain('is lost (shop: orders)');
    }));

  test.concurrent('work together where the one of the program is older', () =>
    Layout.with('1.9.0', '1.10.0', async (layout) => {
      const program = layout.program('two-copies.mjs');
      const ended = await commandAt(program);
      expect([problems(await diagnosed(program)), problems(printed(ended)), ended.code]).toEqual([[], [], 0]);
      expect(text(printed(ended), 'hint', 'two-apis')).toContain('They share what is registered');
    }));

  test.concurrent('are no matter where one of them is not loaded', () =>
    Layout.with(
      isOldLine ? '1.10.0' : '1.9.0',
      isOldLine ? '1.9.0' : '1.10.0',
      async (layout) => {
        const program = layout.program('unused-copy.mjs');
        const ended = await commandAt(program);
        expect([problems(await diagnosed(program)), problems(printed(ended)), ended.code]).toEqual([[], [], 0]);
      },
      false,
    ));

  test.concurrent('refuse each other the registration', () =>
    Layout.with('1.9.0', '1.10.0', async (layout) => {
      const diagnosis = printed(await commandAt(layout.program('refused-copy.mjs')));
      expect(problems(diagnosis)).toEqual(['no-provider', 'two-apis']);
      expect(text(diagnosis, 'problem', 'two-apis')).toMatch(
        /1\.9\.0 was the first to register something[^]*is refused from every other version/,
      );
    }));
});
