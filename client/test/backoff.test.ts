import { afterEach, expect, test, vi } from 'vitest';
import { Backoff } from '../src/backoff.js';

afterEach(() => vi.restoreAllMocks());

test('the ceiling doubles up to the cap, and is the base again after a reset', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.999_999);
  const backoff = new Backoff(1000, 60_000);
  expect(Array.from({ length: 8 }, () => Math.round(backoff.next()))).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  expect(backoff.failures).toBe(8);
  backoff.reset();
  expect(Math.round(backoff.next())).toBe(1000);
});

test('a wait is anywhere below the ceiling', () => {
  const waits = Array.from({ length: 1000 }, () => {
    const backoff = new Backoff(1000, 60_000);
    backoff.next();
    return backoff.next();
  });
  expect(Math.min(...waits)).toBeLessThan(200);
  expect(Math.max(...waits)).toBeGreaterThan(1800);
  expect(Math.max(...waits)).toBeLessThan(2000);
});

test('a thousand failures make no infinite wait', () => {
  const backoff = new Backoff(1000, 60_000);
  for (let i = 0; i < 2000; i++) expect(backoff.next()).toBeLessThan(60_000);
});
