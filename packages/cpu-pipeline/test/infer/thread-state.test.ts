import { expect, test } from '@jest/globals';
import { begin, finish, placeAfter, ThreadState } from '../../src/infer/thread-state.ts';

test('a call that is cancelled does not begin, the one before and the one after do', () => {
  const state = new ThreadState();
  const { words } = state;
  expect(state.running).toBeUndefined();
  expect(begin(words, 1)).toBe(true);
  expect(state.running).toBe(1);
  state.cancel(2);
  state.cancel(1);
  expect(state.running).toBe(1);
  finish(words);
  expect(begin(words, 2)).toBe(false);
  expect(state.running).toBeUndefined();
  expect(begin(words, 3)).toBe(true);
  expect(state.running).toBe(3);
  state.forget();
});

test('none begins once it has stopped', () => {
  const state = new ThreadState();
  expect(begin(state.words, 1)).toBe(true);
  finish(state.words);
  state.stop();
  expect(begin(state.words, 2)).toBe(false);
  state.forget();
});

test('places fit into a word however many calls there are', () => {
  const last = 2 ** 31 - 1;
  const state = new ThreadState();
  expect(begin(state.words, last)).toBe(true);
  expect(state.running).toBe(last);
  expect(placeAfter(last - 1)).toBe(last);
  expect(placeAfter(last)).toBe(1);
  state.forget();
});
