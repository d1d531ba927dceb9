// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** 1,234; from a million on 1.2M. */
export function count(n: number): string {
  return Math.abs(n) < 1e6 ? whole.format(n) : short.format(n);
}

/** A rate with as many digits as mean something: 0, 0.05, 1.2, 123. */
export function rate(n: number): string {
  if (n === 0 || n >= 100) return count(n);
  return n >= 10 ? n.toFixed(0) : n >= 1 ? n.toFixed(1) : n.toFixed(2);
}

/** 0.45 ms, 12 ms, 1.2 s. */
export function millis(ms: number): string {
  if (ms >= 1000) return `${rate(ms / 1000)} s`;
  return `${rate(ms)} ms`;
}

/** 14:03:05, local time. */
export function clock(at: number | Date): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

/** How long ago, in its largest unit: 12 s, 5 min, 3 h, 2 d. */
export function age(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

/** 512 B, 1.4 kB, 3 MB. */
export function bytes(n: number): string {
  let unit = 0;
  while (n >= 1000 && unit < 4) {
    n /= 1000;
    unit++;
  }
  return `${unit === 0 ? n : rate(n)} ${['B', 'kB', 'MB', 'GB', 'TB'][unit]}`;
}

/** "1 connection", "2 connections". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
