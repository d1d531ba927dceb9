import { WardenError } from './error.js';

/** What may wait while the socket is not open. */
export interface QueueLimits {
  /** Most messages. Default 32, below the burst of a usual limit of the guard. 0: none may wait. */
  readonly messages?: number;
  /** Most characters of all together, also of what an open socket has not sent yet. Default 262144. */
  readonly characters?: number;
  /** Milliseconds after which a message is given up: an order of minutes ago is not what its user wants. Default 30000. */
  readonly maxAge?: number;
}

/** Why a message was given up. */
export type DropReason = 'expired' | 'signed-out' | 'refused' | 'closed';

interface Waiting {
  readonly message: unknown;
  readonly text: string;
  readonly since: number;
}

/** Messages in the order in which they were sent, bounded in number, size and age. */
export class Queue {
  readonly characters: number;
  readonly #messages: number;
  readonly #maxAge: number;
  readonly #dropped: (message: unknown, why: DropReason) => void;
  #waiting: Waiting[] = [];
  #size = 0;

  constructor(limits: QueueLimits, dropped: (message: unknown, why: DropReason) => void) {
    this.characters = limits.characters ?? 262_144;
    this.#messages = limits.messages ?? 32;
    this.#maxAge = limits.maxAge ?? 30_000;
    this.#dropped = dropped;
  }

  /** Adds a message, or throws: who sends it decides whether to try again. */
  add(message: unknown, text: string, now: number): void {
    this.expire(now);
    if (this.#waiting.length >= this.#messages || this.#size + text.length > this.characters) {
      throw new WardenError('queue-full', `${this.#waiting.length} messages wait already`);
    }
    this.#waiting.push({ message, text, since: now });
    this.#size += text.length;
  }

  /** Hands over what waits. */
  flush(now: number, send: (text: string) => void): void {
    this.expire(now);
    while (this.#waiting[0]) send(this.#shift().text);
  }

  /** When the next message grows too old, infinity if none waits. */
  get due(): number {
    return this.#waiting[0] ? this.#waiting[0].since + this.#maxAge : Infinity;
  }

  /** Gives up what is too old. */
  expire(now: number): void {
    while (this.due <= now) this.#dropped(this.#shift().message, 'expired');
  }

  /** Gives up everything. */
  clear(why: DropReason): void {
    const all = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    for (const { message } of all) this.#dropped(message, why);
  }

  #shift(): Waiting {
    const first = this.#waiting.shift()!;
    this.#size -= first.text.length;
    return first;
  }
}
