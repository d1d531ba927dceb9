// Samples as what is plotted: pure functions.
import type { Sample } from './protocol.ts';

/** The plot of refusals has a bar for so many ms: one sample a bar could not be told from the next. */
export const barSpan = 10_000;
/** So many weaknesses have a colour of their own; the others are one series. */
export const maxKinds = 7;
/** The key of the series of all others. */
export const others = 'others';

/** The window grows to the guard's memory: in a whole one a guard that has just started would fill a corner. */
const leastWindow = 180;
const mostWindow = 900;

/** The time that is plotted, in seconds since 1970. */
export function timeWindow(samples: readonly Sample[]): { from: number; to: number } {
  const to = (samples.at(-1)?.at ?? 0) / 1000;
  const since = to - (samples[0]?.at ?? 0) / 1000;
  return { from: to - Math.min(mostWindow, Math.max(leastWindow, since)), to };
}

export interface Rates {
  at: number[]; // seconds since 1970, as uPlot has it
  client: number[];
  server: number[];
  denied: number[];
}

/** Messages a second. */
export function rates(samples: readonly Sample[]): Rates {
  const per = (n: number, s: Sample) => (s.span > 0 ? (n * 1000) / s.span : 0);
  return {
    at: samples.map((s) => s.at / 1000),
    client: samples.map((s) => per(s.client, s)),
    server: samples.map((s) => per(s.server, s)),
    denied: samples.map((s) => per(s.denied, s)),
  };
}

export interface Bars {
  at: number[]; // the middle of each bar, seconds since 1970
  kinds: string[]; // weaknesses, most refusals first; '' is none
  counts: number[][]; // by kind, then by bar
}

/** Refusals by weakness in bars of barSpan ms, all kinds of them. The time of a sample is its end. */
export function bars(samples: readonly Sample[], span = barSpan): Bars {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) return { at: [], kinds: [], counts: [] };
  const bar = (s: Sample) => Math.floor((s.at - 1) / span);
  const from = bar(first);
  const n = bar(last) - from + 1;
  const sums = new Map<string, number[]>();
  for (const s of samples) {
    for (const [kind, refused] of Object.entries(s.refusals ?? {})) {
      let row = sums.get(kind);
      if (!row) sums.set(kind, (row = Array<number>(n).fill(0)));
      row[bar(s) - from]! += refused;
    }
  }
  const total = (row: number[]) => row.reduce((a, b) => a + b, 0);
  const sorted = [...sums].sort((a, b) => total(b[1]) - total(a[1]) || (a[0] < b[0] ? -1 : 1));
  return { at: Array.from({ length: n }, (_, i) => ((from + i + 0.5) * span) / 1000), kinds: sorted.map(([kind]) => kind), counts: sorted.map(([, row]) => row) };
}

/** Joins the kinds behind the first most - 1 to one, if there are more than most. */
export function fold(b: Bars, most = maxKinds): Bars {
  if (b.kinds.length <= most) return b;
  const rest = b.counts.slice(most - 1).reduce((a, row) => a.map((n, i) => n + row[i]!));
  return { at: b.at, kinds: [...b.kinds.slice(0, most - 1), others], counts: [...b.counts.slice(0, most - 1), rest] };
}

/** What is drawn to stack rows: each with the sum of those behind it, the whole first. Rows that are not shown are null. */
export function stack(rows: readonly (readonly number[])[], shown: readonly boolean[]): (number | null)[][] {
  const sums = rows[0]?.map(() => 0) ?? [];
  const out: (number | null)[][] = [];
  for (let i = rows.length - 1; i >= 0; i--) {
    out[i] = rows[i]!.map((n, at) => {
      if (!shown[i]) return null;
      sums[at]! += n;
      // Nothing of this kind: no bar, so that the one below is seen.
      return n === 0 ? null : sums[at]!;
    });
  }
  return out;
}

/** Figures of a minute, for the table. */
export interface Minute {
  at: number; // ms, its begin
  connections: number; // at its end
  client: number;
  server: number;
  denied: number;
  refusals: number;
}

/** The last minutes, latest first. */
export function minutes(samples: readonly Sample[]): Minute[] {
  const by = new Map<number, Minute>();
  for (const s of samples) {
    const at = Math.floor((s.at - 1) / 60_000) * 60_000;
    const m = by.get(at) ?? { at, connections: 0, client: 0, server: 0, denied: 0, refusals: 0 };
    m.connections = s.conns;
    m.client += s.client;
    m.server += s.server;
    m.denied += s.denied;
    for (const n of Object.values(s.refusals ?? {})) m.refusals += n;
    by.set(at, m);
  }
  return [...by.values()].reverse();
}
