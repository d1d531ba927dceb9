import { WardenError } from './error.js';
import type { Message } from './message.js';
import { type Schema, validate } from './schema.js';

/** How many messages may wait for their validation. */
const most = 1000;

type Act = () => void;

/** Validates messages, and delivers them in the order in which they came. */
export class Inbox<T> {
  readonly #schema: Schema<unknown, T> | undefined;
  readonly #deliver: (message: T) => void;
  readonly #fail: (error: WardenError) => void;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  /** Neither function may throw. Without a schema messages are delivered as they came. */
  constructor(schema: Schema<unknown, T> | undefined, deliver: (message: T) => void, fail: (error: WardenError) => void) {
    this.#schema = schema;
    this.#deliver = deliver;
    this.#fail = fail;
  }

  take(message: Message): void {
    if (this.#waiting >= most) return this.#fail(new WardenError('overflow', `${most} messages wait for their validation`));
    const act = this.#judge(message);
    if (typeof act === 'function' && this.#waiting === 0) return act();
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      const run = await act;
      this.#waiting--;
      run();
    });
  }

  /** Starts the validation. A promise of it never rejects, as nobody may be waiting yet. */
  #judge(message: Message): Act | Promise<Act> {
    const pass = (value: T): Act => () => this.#deliver(value);
    const fail = (error: unknown): Act => () => this.#fail(error instanceof WardenError ? error : new WardenError('schema', 'a schema failed', error));
    try {
      const value = this.#schema ? validate(this.#schema, message) : (message as T);
      return value instanceof Promise ? value.then(pass, fail) : pass(value);
    } catch (error) {
      return fail(error);
    }
  }
}
