import { TicketError } from './ticket.js';

/**
 * What to do after an attempt or a connection has ended. It is what a close
 * reason of the guard says behind "r=", and "sign-in" where the ticket endpoint
 * knows nobody.
 */
export type Advice = 'no' | 'fresh' | 'wait' | 'now' | 'sign-in';

/** Why the socket is not open. It holds no credential. */
export interface Cause {
  /**
   * What ended: the request for a ticket, the connection, or the patience of the
   * client. misuse: the browser refused the address or the sub-protocols, or the
   * server is none to trust with a ticket.
   */
  readonly source: 'ticket' | 'close' | 'timeout' | 'misuse';
  /** The HTTP status of the ticket endpoint, 0 without an answer; or the close code; else 0. */
  readonly code: number;
  readonly advice: Advice;
  /** Milliseconds that have to pass before another attempt. */
  readonly after: number;
  /** The word of the guard, such as "session.revoked". */
  readonly word?: string | undefined;
  /** Names the line of the guard's audit log. */
  readonly event?: string | undefined;
  /** The error behind it, such as of the request for a ticket. */
  readonly error?: unknown;
}

/** No wait is longer than a day: a clock that is wrong must not stop a client for good. */
const longest = 86_400_000;

/** Codes after which the same attempt fails again, where no reason says otherwise. */
const permanent = [1000, 1002, 1003, 1007, 1008, 1009, 1010, 3003, 4003, 4009, 4022];
/** Codes that say that the session has ended. */
const ended = [3000, 4001, 4008];

/**
 * Reads what the guard says in a close frame, WORD;r=ADVICE[;t=SECONDS];i=EVENT.
 * Of other reasons nothing is taken, and the code decides.
 */
export function causeOfClose(code: number, reason: string): Cause {
  const said = /^([\w.-]+);r=(no|fresh|wait|now)(?:;t=(\d{1,9}))?(?:;|$)/.exec(reason);
  if (!said) return cause('close', code, adviceOfCode(code));
  const [, word, advice, seconds = advice === 'wait' ? '1' : '0'] = said as unknown as [string, string, Advice, string?];
  return cause('close', code, advice, { after: Number(seconds) * 1000, word, event: /;i=(\w+)/.exec(reason)?.[1] });
}

function adviceOfCode(code: number): Advice {
  if (permanent.includes(code)) return 'no';
  return ended.includes(code) ? 'fresh' : 'wait';
}

/** Says what follows from the failure of a request for a ticket. */
export function causeOfTicket(error: unknown): Cause {
  const from = error instanceof TicketError ? error : undefined;
  const status = from?.status ?? 0;
  return cause('ticket', status, adviceOfStatus(status), { after: from?.retryAfter, word: from?.code, event: from?.event, error });
}

/** Nothing came for longer than the client waits. */
export const causeOfSilence = cause('timeout', 0, 'wait');

/** Trying again would fail as before. */
export function causeOfMisuse(error: unknown): Cause {
  return cause('misuse', 0, 'no', { error });
}

function cause(source: Cause['source'], code: number, advice: Advice, more?: { after?: number | undefined; word?: string | undefined; event?: string | undefined; error?: unknown }): Cause {
  return { source, code, advice, ...more, after: Math.min(more?.after ?? 0, longest) };
}

function adviceOfStatus(status: number): Advice {
  // To where an application sends who is not signed in.
  if (status === 401 || (status >= 300 && status < 400)) return 'sign-in';
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status) ? 'no' : 'wait';
}
