/// <reference lib="esnext.disposable" preserve="true" />
import { Backoff } from './backoff.js';
import { type Advice, type Cause, causeOfClose, causeOfMisuse, causeOfSilence, causeOfTicket } from './cause.js';
import { WardenError } from './error.js';
import { Hooks } from './hooks.js';
import { Inbox } from './inbox.js';
import { type Message, type OfType, parse, readRefusal, type TypeOf } from './message.js';
import type { Options, WebSocketConstructor, WebSocketLike } from './options.js';
import { Queue } from './queue.js';
import { Renewal } from './renewal.js';
import { type Input, type Output, type Schema, validate } from './schema.js';
import type { State } from './state.js';
import { fetchTicket, TicketError } from './ticket.js';
import { Timer } from './timer.js';
import { resolve, resolveSocket } from './url.js';
import { onWake } from './wake.js';

/** The sub-protocol offered beside the ticket where the application has none. */
const ownProtocol = 'wswarden.v1';
const ticketPrefix = 'wst.';
const openState = 1; // WebSocket.OPEN, of whichever class

/** One ticket and the connection that it opens. */
interface Attempt {
  readonly abort: AbortController;
  socket?: WebSocketLike;
  renewal?: Renewal;
  /** When the connection has proved stable. */
  stable: number;
}

/**
 * A connection that comes back. It connects when it is made, and obeys what the
 * guard says about coming back. Messages are JSON objects with a type.
 */
export class WardenSocket<In extends Schema = Schema<Message>, Out extends Schema = Schema<Message>, F extends string = 'type'> {
  readonly #url: URL;
  readonly #options: Options<In, Out, F>;
  readonly #WebSocket: WebSocketConstructor;
  readonly #field: string;
  readonly #timeout: number;
  readonly #base: number;
  readonly #backoff: Backoff;
  readonly #queue: Queue;
  readonly #timer: Timer;
  readonly #hooks: Hooks;
  readonly #inbox: Inbox<Output<In>>;
  readonly #handlers = new Map<unknown, Set<(message: never) => unknown>>();
  readonly #life = new AbortController();
  #state: State = { name: 'connecting', attempt: 1 };
  #attempt: Attempt | undefined;
  #signIns = 0;

  /**
   * Connects to url, which may be relative to the page. Throws a TypeError for an
   * address that it must not use, and where there is no WebSocket.
   */
  constructor(url: string | URL, options: Options<In, Out, F>) {
    this.#options = options;
    this.#url = resolveSocket(url, options.insecurePlaintext);
    if (typeof options.ticket !== 'function' && options.ticket.url) resolve(options.ticket.url, options.insecurePlaintext);
    this.#WebSocket = options.WebSocket ?? (globalThis.WebSocket as WebSocketConstructor);
    if (!this.#WebSocket) throw new TypeError('no WebSocket here: install ws and give its class as an option');
    this.#field = options.type ?? 'type';
    this.#timeout = options.connectTimeout ?? 10_000;
    this.#base = options.backoff?.base ?? 1000;
    this.#backoff = new Backoff(this.#base, options.backoff?.cap ?? 60_000);
    this.#hooks = new Hooks(options.onError);
    this.#queue = new Queue(options.queue ?? {}, (message, why) => {
      this.#hooks.tell(options.onDropped, new WardenError('dropped', `a waiting message was given up: ${why}`), message as Input<Out>, why);
    });
    this.#timer = new Timer(this.#queue);
    this.#inbox = new Inbox(options.schema as Schema<unknown, Output<In>> | undefined, (message) => this.#deliver(message), (error) => this.#hooks.report(error));
    const { signal } = this.#life;
    onWake(() => this.#wake(), signal);
    options.signal?.addEventListener('abort', () => this.close(), { signal });
    if (options.signal?.aborted) this.close();
    // After the caller has what it is called with, and its handlers are in place.
    queueMicrotask(() => {
      if (this.#state.name === 'connecting') this.connect();
    });
  }

  /** Where it stands. */
  get state(): State {
    return this.#state;
  }

  /**
   * Calls handler with each message of that type, and returns what ends that. It
   * may be called several times for one type.
   */
  on<K extends TypeOf<Output<In>, F>>(type: K, handler: (message: OfType<Output<In>, F, K>) => unknown): () => void {
    const handlers = this.#handlers.get(type) ?? new Set();
    this.#handlers.set(type, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  /**
   * Sends message, or keeps it until the socket is open. Throws a WardenError when
   * too much waits already, when the message does not fit its schema, and when
   * nobody would ever send it. What is handed to a connection that breaks is lost.
   */
  send(message: Input<Out>): void {
    if (this.#stopped) throw new WardenError('not-connected', `the socket is ${this.#state.name}`);
    const text = this.#write(message);
    const socket = this.#socket;
    if (!socket) {
      this.#queue.add(message, text, performance.now());
      this.#timer.arm();
    } else if (socket.bufferedAmount + text.length > this.#queue.characters) {
      throw new WardenError('queue-full', 'the connection takes no more');
    } else {
      socket.send(text);
    }
  }

  /** Tries at once, out of every state but closed, for which it throws. */
  connect(): void {
    if (this.#state.name === 'closed') throw new WardenError('not-connected', 'the socket is closed');
    if (this.#attempt) return;
    const attempt: Attempt = { abort: new AbortController(), stable: Infinity };
    this.#attempt = attempt;
    this.#timer.schedule(this.#timeout, () => this.#end(attempt, causeOfSilence));
    this.#enter({ name: 'connecting', attempt: this.#backoff.failures + 1 });
    if (attempt === this.#attempt) void this.#dial(attempt); // unless onState has closed it
  }

  /**
   * Ends it for good. What still waits is given up. The code is 1000 or one of 3000
   * to 4999, the reason at most 123 bytes; with others neither is sent.
   */
  close(code = 1000, reason = ''): void {
    if (this.#state.name === 'closed') return;
    this.#leave(code, reason);
    this.#life.abort();
    this.#stop({ name: 'closed' });
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #dial(attempt: Attempt): Promise<void> {
    let ticket: string;
    try {
      ticket = await this.#mint(attempt);
    } catch (error) {
      return this.#end(attempt, causeOfTicket(error));
    }
    if (attempt !== this.#attempt) return;
    const { protocols } = this.#options;
    try {
      const socket = new this.#WebSocket(this.#url.href, [...(protocols?.length ? protocols : [ownProtocol]), ticketPrefix + ticket]);
      attempt.socket = socket;
      socket.onopen = () => this.#opened(attempt, socket);
      socket.onmessage = (event: { data: unknown }) => this.#received(attempt, event.data);
      socket.onclose = (event: { code: number; reason: string }) => this.#end(attempt, causeOfClose(event.code, event.reason));
      socket.onerror = () => {}; // close follows, and says more
    } catch (error) {
      // A sub-protocol that is no token, a policy of the page: it stays so.
      this.#end(attempt, causeOfMisuse(error));
    }
  }

  async #mint({ abort: { signal } }: Attempt): Promise<string> {
    const { ticket } = this.#options;
    const value: unknown = await (typeof ticket === 'function' ? ticket(signal) : fetchTicket(this.#url, ticket, signal));
    // It has to be a token to be offered as a sub-protocol (RFC 9110 section 5.6.2).
    if (typeof value !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(value)) throw new TicketError(0, { code: 'not_a_ticket' });
    return value;
  }

  #opened(attempt: Attempt, socket: WebSocketLike): void {
    if (attempt !== this.#attempt) return;
    const { protocol } = socket;
    if (protocol.startsWith(ticketPrefix)) {
      // No guard echoes a ticket; whoever does would have it appear in logs.
      return this.#end(attempt, causeOfMisuse(new Error('the server echoes the ticket')));
    }
    attempt.stable = performance.now() + (this.#options.stableAfter ?? 30_000);
    attempt.renewal = new Renewal(this.#options.renew === false ? Infinity : attempt.stable, this.#timeout, {
      mint: () => this.#mint(attempt),
      send: (text) => {
        if (this.#socket === socket) socket.send(text);
      },
      failed: (error) => {
        if (attempt === this.#attempt) this.#hooks.report(new WardenError('renewal', 'the session was not renewed', error));
      },
      changed: () => this.#care(attempt),
    });
    this.#care(attempt);
    this.#enter({ name: 'open', protocol });
    if (this.#socket === socket) this.#queue.flush(performance.now(), (text) => socket.send(text));
  }

  /** Does what an open connection needs now, and sets the timer for what it needs next. */
  #care(attempt: Attempt): void {
    const { renewal } = attempt;
    if (attempt !== this.#attempt || !renewal) return;
    const now = performance.now();
    if (now >= attempt.stable) {
      attempt.stable = Infinity;
      this.#backoff.reset();
      this.#signIns = 0;
    }
    if (!renewal.tick(now)) return this.#end(attempt, causeOfSilence);
    this.#timer.schedule(Math.min(attempt.stable, renewal.due) - now, () => this.#care(attempt));
  }

  #received(attempt: Attempt, data: unknown): void {
    if (attempt !== this.#attempt) return;
    let message: Message;
    try {
      message = parse(data, this.#options.maxMessage ?? 1_048_576);
    } catch (error) {
      return this.#hooks.report(error as WardenError);
    }
    if (attempt.renewal?.answered(message, performance.now())) return this.#care(attempt);
    const refusal = readRefusal(message, this.#field);
    if (refusal) this.#hooks.tell(this.#options.onRefused, new WardenError('refused', `the guard refused a message: ${refusal.code}, event ${refusal.event}`), refusal);
    else this.#inbox.take(message);
  }

  #deliver(message: Output<In>): void {
    if (this.#stopped) return; // the next session may be another's
    this.#hooks.call(this.#options.onMessage, message);
    for (const handler of [...(this.#handlers.get((message as Message)[this.#field]) ?? [])]) this.#hooks.call(handler, message as never);
  }

  /** Ends an attempt or its connection, and follows the advice. */
  #end(attempt: Attempt, cause: Cause): void {
    if (attempt !== this.#attempt) return;
    this.#leave();
    const advice = (this.#hooks.call(this.#options.advise, cause) as Advice | undefined) ?? cause.advice;
    if (this.#attempt || this.#state.name === 'closed') return; // advise has decided otherwise
    if (advice === 'no') this.#stop({ name: 'refused', cause });
    else if (advice === 'sign-in') this.#signIn(cause);
    else this.#wait(cause, cause.after + this.#backoff.next());
  }

  #wait(cause: Cause, delay: number): void {
    this.#timer.schedule(delay, () => this.connect());
    this.#enter({ name: 'waiting', until: Date.now() + delay, cause });
  }

  #signIn(cause: Cause): void {
    const state: State = { name: 'signed-out', cause };
    this.#stop(state);
    if (this.#state !== state) return;
    const done = this.#hooks.call(this.#options.onSignIn, cause);
    if (!(done instanceof Promise)) return;
    // A sign-in that changes nothing must not become a loop.
    const delay = this.#signIns++ ? this.#backoff.next() : 0;
    const again = () => {
      if (this.#state === state) this.#wait(cause, delay);
    };
    done.then(again, () => {}); // its failure is reported where it was called
  }

  /** Enters a state that only the caller leaves. */
  #stop(state: State & { name: 'signed-out' | 'refused' | 'closed' }): void {
    this.#timer.schedule(Infinity, () => {});
    this.#enter(state);
    this.#queue.clear(state.name);
    this.#timer.arm();
  }

  /** The page is seen again, or online: the network may be another. */
  #wake(): void {
    const { renewal } = this.#attempt ?? {};
    if (renewal) {
      renewal.probe(performance.now());
      this.#care(this.#attempt!);
    } else if (this.#state.name === 'waiting' && !this.#state.cause.after) { // what the server says is obeyed
      const delay = Math.random() * this.#base;
      if (delay < this.#timer.due - performance.now()) this.#wait(this.#state.cause, delay);
    }
  }

  /** Only the caller can go on. */
  get #stopped(): boolean {
    return ['signed-out', 'refused', 'closed'].includes(this.#state.name);
  }

  /** The open socket. */
  get #socket(): WebSocketLike | undefined {
    const socket = this.#attempt?.socket;
    return this.#state.name === 'open' && socket?.readyState === openState ? socket : undefined;
  }

  /** Lets go of the attempt and its connection. */
  #leave(code?: number, reason?: string): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.abort.abort();
    const socket = attempt?.socket;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null; // onerror stays: ws throws what nobody hears
    if (socket.readyState > openState) return;
    try {
      socket.close(code, reason);
    } catch {
      socket.close(); // a code that no client may send must not leave it open
    }
  }

  #write(message: Input<Out>): string {
    const { outgoing } = this.#options;
    const value = outgoing ? validate(outgoing, message) : message;
    if (value instanceof Promise) {
      value.catch(() => {});
      throw new WardenError('schema', 'the outgoing schema answers with a promise');
    }
    return JSON.stringify(value);
  }

  #enter(state: State): void {
    this.#state = state;
    this.#hooks.call(this.#options.onState, state);
  }
}
