import { expect, test } from 'vitest';
import type { Hello, Now, Refusal, Sample } from '../src/protocol.ts';
import { maxRefusals, maxSamples, merge } from '../src/state.ts';

const now = { at: 1, connections: 1 } as Now;
const sample = (at: number) => ({ at }) as Sample;
const refusal = (id: number) => ({ id: String(id) }) as Refusal;
const hello: Hello = { type: 'hello', version: 'v1', started: '2026-01-01T00:00:00Z', samples: [sample(1)], titles: {}, refusals: [refusal(1), refusal(2)], now, page: { total: 0, offset: 0 } };

test('without a snapshot there is nothing to change', () => {
  expect(merge(undefined, { type: 'tick', now })).toEqual({ state: undefined, changes: { now: false, samples: false, refusals: false, page: false } });
});

test('a snapshot is everything, also a second one', () => {
  const first = merge(undefined, hello).state!;
  expect(first.refusals.map((r) => r.id)).toEqual(['2', '1']);
  const later = merge(first, { type: 'tick', sample: sample(2), skipped: 7 }).state!;
  expect(later.skipped).toBe(7);
  // Another guard may be there now: nothing of the old one stays.
  expect(merge(later, hello).state).toEqual(first);
});

test('a tick changes what it names and leaves the rest as it was', () => {
  const { state } = merge(undefined, hello);
  const merged = merge(state, { type: 'tick', refusals: [refusal(3), refusal(4)] });
  expect(merged.changes).toEqual({ now: false, samples: false, refusals: true, page: false });
  expect(merged.state!.refusals.map((r) => r.id)).toEqual(['4', '3', '2', '1']);
  expect(merged.state!.samples).toBe(state!.samples);
  expect(state!.refusals).toHaveLength(2);
});

test('what is kept is bounded', () => {
  let { state } = merge(undefined, hello);
  for (let i = 0; i < maxSamples + 10; i++) state = merge(state, { type: 'tick', sample: sample(i), refusals: [refusal(i)] }).state;
  expect(state!.samples).toHaveLength(maxSamples);
  expect(state!.samples.at(-1)!.at).toBe(maxSamples + 9);
  expect(state!.refusals).toHaveLength(maxRefusals);
  expect(state!.refusals[0]!.id).toBe(String(maxSamples + 9));
});
