import { Backoff } from './backoff.js';
import { causeOfTicket } from './cause.js';
import type { Message } from './message.js';

const messageType = 'wswarden.ticket';
/** Milliseconds before a renewal that failed is tried again: at least, and the ceiling of what is added. */
const pause = 1000;
const longestPause = 300_000;
/** Milliseconds after a renewal within which the connection is taken to be alive. */
const fresh = 30_000;

/** What a renewal needs of the socket. */
export interface Connection {
  /** Asks for a ticket. */
  mint(): Promise<string>;
  /** Sends on this connection, if it is still open. */
  send(text: string): void;
  /** Hears why a renewal failed. */
  failed(error: unknown): void;
  /** Is called when due has changed. */
  changed(): void;
}

/**
 * Extends a connection by fresh tickets. The guard answers each with the seconds
 * that the session has from then on; the first is sent to learn them. A server
 * that does not answer the first gets no other.
 */
export class Renewal {
  /** When tick is to be called. */
  due: number;
  #phase: 'idle' | 'ticket' | 'answer' = 'idle';
  #answered = -Infinity;
  #round = 0;
  readonly #backoff = new Backoff(4 * pause, longestPause);
  readonly #patience: number;
  readonly #connection: Connection;

  /** The first renewal is at first; an answer is waited for patience milliseconds. */
  constructor(first: number, patience: number, connection: Connection) {
    this.due = first;
    this.#patience = patience;
    this.#connection = connection;
  }

  /** Does what is due. Returns false if the connection has fallen silent. */
  tick(now: number): boolean {
    if (now < this.due) return true;
    switch (this.#phase) {
      case 'idle':
        this.#phase = 'ticket';
        this.due = now + this.#patience;
        void this.#ask(++this.#round);
        return true;
      case 'ticket':
        this.#fail(new Error('no ticket came'), now);
        return true;
      case 'answer':
        this.#rest(Infinity);
        return this.#answered === -Infinity;
    }
  }

  /** Makes sure that the connection is alive, if it can be told. */
  probe(now: number): void {
    if (this.#phase === 'idle' && this.#answered !== -Infinity && now - this.#answered > fresh) this.due = now;
  }

  /** Takes message if it is the guard's answer. */
  answered(message: Message, now: number): boolean {
    if (message['type'] !== messageType) return false;
    const seconds = message['expires_in'];
    if (message['result'] === 'renewed') {
      this.#answered = now;
      this.#backoff.reset();
      this.#rest(typeof seconds === 'number' ? now + Math.max(pause, seconds * 1000 * (0.5 + Math.random() / 4)) : Infinity);
    } else {
      this.#fail(new Error('the guard could not judge the ticket'), now);
    }
    return true;
  }

  async #ask(round: number): Promise<void> {
    try {
      const ticket = await this.#connection.mint();
      if (round !== this.#round || this.#phase !== 'ticket') return;
      // What another server than the guard would do with the message is unknown.
      if (!ticket.startsWith('wst1_')) return this.#rest(Infinity);
      this.#phase = 'answer';
      this.due = performance.now() + this.#patience;
      this.#connection.send(JSON.stringify({ type: messageType, ticket }));
    } catch (error) {
      if (round === this.#round && this.#phase === 'ticket') this.#fail(error, performance.now());
    } finally {
      this.#connection.changed();
    }
  }

  #fail(error: unknown, now: number): void {
    const { advice, after } = causeOfTicket(error);
    // Who is signed out stays connected until the guard says so.
    this.#rest(advice === 'sign-in' || advice === 'no' ? Infinity : now + after + pause + this.#backoff.next());
    this.#connection.failed(error);
  }

  #rest(due: number): void {
    this.#phase = 'idle';
    this.due = due;
  }
}
