import { describe, expect, test } from 'vitest';
import type { Sample } from '../src/protocol.ts';
import { bars, fold, minutes, others, rates, stack, timeWindow } from '../src/series.ts';

function sample(at: number, rest: Partial<Sample> = {}): Sample {
  return { at, span: 2000, conns: 0, accepted: 0, client: 0, server: 0, denied: 0, ...rest };
}

describe('rates', () => {
  test('are by the second, whatever the span', () => {
    const r = rates([sample(2000, { client: 10 }), sample(7000, { span: 5000, server: 10, denied: 5 })]);
    expect(r).toEqual({ at: [2, 7], client: [5, 0], server: [0, 2], denied: [0, 1] });
  });
  test('a span of nothing is no rate', () => {
    expect(rates([sample(0, { span: 0, client: 5 })]).client).toEqual([0]);
  });
});

describe('bars', () => {
  test('nothing is nothing', () => {
    expect(bars([])).toEqual({ at: [], kinds: [], counts: [] });
  });
  test('a sample belongs to the bar in which it began to end', () => {
    // The sample of 10000 says what was in the 2 s before: the first bar.
    const b = bars([sample(2000, { refusals: { WS101: 1 } }), sample(10_000, { refusals: { WS101: 2 } }), sample(12_000, { refusals: { WS302: 9, '': 1 } })]);
    expect(b.at).toEqual([5, 15]);
    expect(b.kinds).toEqual(['WS302', 'WS101', '']);
    expect(b.counts).toEqual([[0, 9], [3, 0], [0, 1]]);
  });
  test('times without samples have bars of nothing', () => {
    const b = bars([sample(2000, { refusals: { WS101: 1 } }), sample(42_000)]);
    expect(b.at).toEqual([5, 15, 25, 35, 45]);
    expect(b.counts).toEqual([[1, 0, 0, 0, 0]]);
  });
});

test('fold joins the rare kinds and loses no refusal', () => {
  const all = bars([sample(2000, { refusals: { a: 9, b: 8, c: 7, d: 6 } })]);
  const folded = fold(all, 3);
  expect(folded.kinds).toEqual(['a', 'b', others]);
  expect(folded.counts).toEqual([[9], [8], [13]]);
  expect(fold(all, 4)).toBe(all);
});

test('stack draws each row on those behind it, without the hidden ones', () => {
  const rows = [[1, 0], [2, 3], [4, 0]];
  expect(stack(rows, [true, true, true])).toEqual([[7, null], [6, 3], [4, null]]);
  expect(stack(rows, [true, false, true])).toEqual([[5, null], [null, null], [4, null]]);
  expect(stack([], [])).toEqual([]);
});

test('minutes add up, latest first', () => {
  const m = minutes([sample(60_000, { client: 1, conns: 5 }), sample(62_000, { client: 2, conns: 6, denied: 1 }), sample(120_000, { server: 4, conns: 7, refusals: { a: 1, b: 2 } })]);
  expect(m).toEqual([
    { at: 60_000, connections: 7, client: 2, server: 4, denied: 1, refusals: 3 },
    { at: 0, connections: 5, client: 1, server: 0, denied: 0, refusals: 0 },
  ]);
});

test('the window grows from 3 to 15 minutes and ends with the last sample', () => {
  expect(timeWindow([sample(1_000_000), sample(1_002_000)])).toEqual({ from: 822, to: 1002 });
  expect(timeWindow([sample(1_000_000), sample(1_400_000)])).toEqual({ from: 1000, to: 1400 });
  expect(timeWindow([sample(1_000_000), sample(9_000_000)])).toEqual({ from: 8100, to: 9000 });
});
