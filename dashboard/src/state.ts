// What the guard has told, merged from the snapshot and what came after it.
import type { Hello, Incoming, Now, Page, Refusal, Sample } from './protocol.ts';

/** As many as the guard keeps: 15 minutes. */
export const maxSamples = 450;
export const maxRefusals = 200;

export interface State {
  version: string;
  started: number;
  now: Now;
  /** The state before now, to see rates by. */
  before: Now | undefined;
  samples: Sample[];
  /** Of weaknesses, by ID. */
  titles: Record<string, string>;
  /** Latest first. */
  refusals: Refusal[];
  /** Refusals of a flood that were counted and not sent. */
  skipped: number;
  page: Page;
}

/** What a message has changed. */
export interface Changes {
  now: boolean;
  samples: boolean;
  refusals: boolean;
  page: boolean;
}

function begin(m: Hello): State {
  return {
    version: m.version, started: Date.parse(m.started), now: m.now, before: undefined, samples: m.samples.slice(-maxSamples), titles: m.titles,
    refusals: m.refusals.toReversed(), skipped: 0, page: m.page,
  };
}

/** Returns the state after m, and what is different in it. Before a snapshot there is none. */
export function merge(state: State | undefined, m: Incoming): { state: State | undefined; changes: Changes } {
  if (m.type === 'hello') return { state: begin(m), changes: { now: true, samples: true, refusals: true, page: true } };
  const changes = { now: m.now !== undefined, samples: m.sample !== undefined, refusals: m.refusals !== undefined, page: m.page !== undefined };
  if (!state) return { state, changes: { now: false, samples: false, refusals: false, page: false } };
  const next = { ...state };
  if (m.now) {
    next.before = state.now;
    next.now = m.now;
  }
  if (m.sample) next.samples = [...state.samples, m.sample].slice(-maxSamples);
  if (m.refusals) next.refusals = [...m.refusals.toReversed(), ...state.refusals].slice(0, maxRefusals);
  if (m.skipped) next.skipped = state.skipped + m.skipped;
  if (m.page) next.page = m.page;
  return { state: next, changes };
}
