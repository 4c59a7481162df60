import { describe, expect, it } from 'vitest';
import { readAmount, writeAmount } from './money';

describe('amounts of money', () => {
  it('are read as people type them', () => {
    expect(readAmount('10')).toBe(10_000_000);
    expect(readAmount(' $1,240.50 ')).toBe(1_240_500_000);
    expect(readAmount('0.1')).toBe(100_000);
    expect(readAmount('')).toBeNull();
    expect(readAmount('0')).toBe(0);
    for (const odd of ['ten', '-5', '1.234', '1e9', '10 €'])
      expect(readAmount(odd)).toBeUndefined();
  });

  it('stand in their field as they were typed', () => {
    expect(writeAmount(null)).toBe('');
    expect(writeAmount(10_000_000)).toBe('10');
    expect(writeAmount(10_500_000)).toBe('10.50');
  });
});
