import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { afterKey, type Key, type Layout, type State } from '../../src/top/state.ts';
import { newState } from './views.ts';

const layout: Layout = { scroll: 10, mostScroll: 50, page: 8, starts: [0, 20, 60] };
const isValid = (filter: string) => !filter.endsWith('{');
const text = (sequence: string): Key => ({ sequence, name: sequence.toLowerCase() });

function press(state: State, ...keys: Key[]): State {
  return keys.reduce((before, key) => {
    const after = afterKey(before, key, layout, isValid);
    if (after === 'quit') throw new Error(`${JSON.stringify(key)} quits`);
    return after;
  }, state);
}

describe('a key', () => {
  test.each([
    [{ name: 'down' }, 11],
    [text('j'), 11],
    [{ name: 'up' }, 9],
    [text('k'), 9],
    [{ name: 'pagedown' }, 18],
    [{ name: 'pageup' }, 2],
    [{ name: 'home' }, 0],
    [{ name: 'end' }, 50],
    [{ name: 'tab' }, 20],
  ])('%j scrolls from line 10 to line %i', (key, scroll) => expect(press(newState, key).scroll).toBe(scroll));

  test('does not scroll beyond the ends', () => {
    const at = (scroll: number, name: string) => afterKey(newState, { name }, { ...layout, scroll }, isValid);
    expect(at(2, 'pageup')).toMatchObject({ scroll: 0 });
    expect(at(49, 'pagedown')).toMatchObject({ scroll: 50 });
    // The last section cannot come to the top; after the end the first is next.
    expect(at(30, 'tab')).toMatchObject({ scroll: 50 });
    expect(at(50, 'tab')).toMatchObject({ scroll: 0 });
  });

  test.each([[text('q')], [{ name: 'escape', sequence: '\x1b' }], [{ name: 'c', ctrl: true, sequence: '\x03' }]])('%j quits', (key) => {
    expect(afterKey(newState, key, layout, isValid)).toBe('quit');
  });

  test('s goes through all columns', () => {
    const sorts = Array.from({ length: 6 }, (_, i) => press(newState, ...new Array<Key>(i + 1).fill(text('s'))).sort);
    expect(sorts).toEqual(['p95', 'p99', 'p50', 'total', 'name', 'rate']);
  });

  test('p pauses and goes on, ? shows help and hides it, as Escape does', () => {
    expect(press(newState, text('p')).isPaused).toBe(true);
    expect(press(newState, text('p'), text('p')).isPaused).toBe(false);
    expect(press(newState, text('?')).isHelp).toBe(true);
    expect(press(newState, text('?'), text('?')).isHelp).toBe(false);
    expect(press(newState, text('?'), { name: 'escape' }).isHelp).toBe(false);
  });

  test('that is none of these changes nothing', () => {
    for (const key of [text('x'), { name: 'f1' }, { sequence: '\x1b[200~' }, {}, { name: 'z', ctrl: true }]) {
      expect(press(newState, key)).toBe(newState);
    }
  });
});

describe('a filter that is typed', () => {
  const typing = press(newState, text('/'));

  test('is in force at once where it is valid, and q is a letter', () => {
    expect(press(typing, text('q'), text('Ü'))).toMatchObject({ typed: 'qÜ', filter: 'qÜ', scroll: 0 });
    expect(press(typing, text('a'), text('{'))).toMatchObject({ typed: 'a{', filter: 'a' });
  });

  test('is taken back letter by letter, whole characters at a time', () => {
    expect(press(typing, text('a'), text('😀'), { name: 'backspace', sequence: '\x7f' })).toMatchObject({ typed: 'a', filter: 'a' });
    expect(press(typing, { name: 'backspace', sequence: '\x7f' })).toMatchObject({ typed: '' });
  });

  test('stays after Enter and Escape, and is edited by / again', () => {
    for (const name of ['return', 'escape']) {
      const done = press(typing, text('a'), { name, sequence: '\r' });
      expect(done).toMatchObject({ filter: 'a' });
      expect(done.typed).toBeUndefined();
      expect(press(done, text('/')).typed).toBe('a');
    }
  });

  test('ends with Ctrl-C as everything does', () => {
    expect(afterKey(typing, { name: 'c', ctrl: true }, layout, isValid)).toBe('quit');
  });
});

test('whatever is pressed, the scroll stays within the body and no control character is typed', () => {
  const key: fc.Arbitrary<Key> = fc.record(
    {
      name: fc.constantFrom('up', 'down', 'pageup', 'pagedown', 'tab', 'end', 'home', 'backspace', 'return', 'x'),
      sequence: fc.oneof(fc.constantFrom('/', 's', 'p', '?', 'j', '\x1b[A', '\r', '\x7f'), fc.string({ unit: 'binary', maxLength: 3 })),
      ctrl: fc.boolean(),
      meta: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
      let state = newState;
      for (const each of keys) {
        const next = afterKey(state, each, { ...layout, scroll: state.scroll }, isValid);
        if (next === 'quit') return;
        state = next;
        expect(state.scroll).toBeGreaterThanOrEqual(0);
        expect(state.scroll).toBeLessThanOrEqual(layout.mostScroll);
        expect(state.typed ?? '').not.toMatch(/\p{Cc}/u);
        expect(isValid(state.filter)).toBe(true);
      }
    }),
  );
});
