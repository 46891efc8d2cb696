import { describe, expect, it } from '@jest/globals';
import { Patience } from '../../src/read/patience.ts';

describe('the patience with a thread', () => {
  it('is the whole time until it is known how long answers take', () => {
    const patience = new Patience(100);
    expect(patience.for(3)).toBe(100);
    for (let i = 0; i < 4; i++) patience.answered(3, 1);
    expect(patience.for(3)).toBe(100);
    patience.answered(3, 1);
    expect(patience.for(3)).toBe(25);
    expect(patience.for(4)).toBe(100);
  });

  it('is several times the slowest answer of late, and never more than the whole time', () => {
    const patience = new Patience(100);
    for (let i = 0; i < 5; i++) patience.answered(0, 0);
    expect(patience.for(0)).toBe(20);
    patience.answered(0, 10);
    expect(patience.for(0)).toBe(70);
    for (let i = 0; i < 40; i++) patience.answered(0, 0);
    expect(patience.for(0)).toBeLessThan(21);
    patience.answered(0, 1000);
    expect(patience.for(0)).toBe(100);
  });

  it('is the whole time again for one that missed its time', () => {
    const patience = new Patience(100);
    for (let i = 0; i < 9; i++) patience.answered(0, 0);
    patience.missed(0);
    expect(patience.for(0)).toBe(100);
  });

  it('is never more than it may be', () => {
    const patience = new Patience(0);
    for (let i = 0; i < 9; i++) patience.answered(0, 5);
    expect(patience.for(0)).toBe(0);
  });
});
