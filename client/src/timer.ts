/** A longer delay makes setTimeout fire at once. */
const longestDelay = 2 ** 31 - 1;

/** Something that grows too old by itself. */
export interface Aging {
  /** When it has to be looked after, infinity for never. */
  readonly due: number;
  expire(now: number): void;
}

/** The one timer of a socket: for its next step, and for what waits beside it. */
export class Timer {
  readonly #beside: Aging;
  #handle: ReturnType<typeof setTimeout> | undefined;
  #step: () => void = () => {};
  /** When the step is due, by the clock of performance.now. */
  due = Infinity;

  constructor(beside: Aging) {
    this.#beside = beside;
  }

  /** Has step follow in delay milliseconds, in place of the step of before. */
  schedule(delay: number, step: () => void): void {
    this.due = performance.now() + delay;
    this.#step = step;
    this.arm();
  }

  /** Takes up that what waits beside has changed. */
  arm(): void {
    clearTimeout(this.#handle);
    const delay = Math.min(this.due, this.#beside.due) - performance.now();
    if (delay < Infinity) this.#handle = setTimeout(() => this.#tick(), Math.min(delay, longestDelay));
  }

  #tick(): void {
    const now = performance.now();
    this.#beside.expire(now);
    if (now >= this.due) {
      this.due = Infinity;
      this.#step();
    }
    this.arm();
  }
}
