/** The waits of a client whose attempts fail. */
export class Backoff {
  #failures = 0;
  readonly #base: number;
  readonly #cap: number;

  /** Both in milliseconds. */
  constructor(base: number, cap: number) {
    this.#base = base;
    this.#cap = cap;
  }

  /**
   * Milliseconds until the next attempt: anywhere between nothing and a ceiling
   * that doubles, so that clients that failed together do not come together.
   */
  next(): number {
    return Math.random() * Math.min(this.#cap, this.#base * 2 ** this.#failures++);
  }

  /** How many attempts have failed since the last connection that was stable. */
  get failures(): number {
    return this.#failures;
  }

  reset(): void {
    this.#failures = 0;
  }
}
