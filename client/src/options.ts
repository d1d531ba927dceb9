import type { Advice, Cause } from './cause.js';
import type { WardenError } from './error.js';
import type { Refusal } from './message.js';
import type { DropReason, QueueLimits } from './queue.js';
import type { Input, Output, Schema } from './schema.js';
import type { State } from './state.js';
import type { TicketEndpoint } from './ticket.js';

/** What this package needs of a WebSocket; that of a browser, of Node 22 and of ws have it. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly protocol: string;
  readonly bufferedAmount: number;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** How a WardenSocket behaves. All times are in milliseconds. */
export interface Options<In extends Schema, Out extends Schema, F extends string> {
  /**
   * Where tickets come from, one for each attempt: {} is the guard's own endpoint
   * behind the path of the socket. A function returns one, and throws a TicketError
   * to say that the user has to sign in, or when to come back.
   */
  readonly ticket: TicketEndpoint | ((signal: AbortSignal) => Promise<string>);
  /** Judges incoming messages. Without it they are JSON objects and no more is known. */
  readonly schema?: In;
  /** Judges outgoing messages, at once: a schema that answers with a promise makes send throw. */
  readonly outgoing?: Out;
  /** The field that names the type of a message, as messages.type of the guard. Default: type. */
  readonly type?: F;
  /** The sub-protocols of the application. The server has to choose one. Default: none. */
  readonly protocols?: readonly string[];
  /** Longest time from asking for a ticket to an open connection. Default 10000. */
  readonly connectTimeout?: number;
  /** An attempt waits anywhere between 0 and a ceiling that doubles from base, 1000, to cap, 60000. */
  readonly backoff?: { readonly base?: number; readonly cap?: number };
  /** How long a connection has to last before the ceiling is base again. Default 30000. */
  readonly stableAfter?: number;
  /** Extend the session by fresh tickets, where the guard answers them. Default true. */
  readonly renew?: boolean;
  readonly queue?: QueueLimits;
  /** Longest incoming message, in characters. Default 1048576. */
  readonly maxMessage?: number;
  /** Closes the socket for good. */
  readonly signal?: AbortSignal;
  /** Allows ws: and http: off loopback: everybody on the way can read and change what passes. */
  readonly insecurePlaintext?: boolean;
  /** Default: the global one. Node 20 has none: give that of the package ws. */
  readonly WebSocket?: WebSocketConstructor;

  /** Hears of each state but the first. What it sends when open goes before what has waited. */
  readonly onState?: (state: State) => void;
  /**
   * The ticket endpoint knows nobody. If it returns a promise, the socket tries
   * again when that is fulfilled; else when connect is called.
   */
  readonly onSignIn?: (cause: Cause) => unknown;
  /** Hears of every message that fits the schema, before the handlers of its type. */
  readonly onMessage?: (message: Output<In>) => void;
  /** The guard did not let a message through. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** A message that waited was given up. */
  readonly onDropped?: (message: Input<Out>, why: DropReason) => void;
  /** Hears of all else that goes wrong. Default: a line on the console, without the message. */
  readonly onError?: (error: WardenError) => void;
  /** Overrules the advice of a cause, such as for close codes of the application. */
  readonly advise?: (cause: Cause) => Advice | undefined;
}
