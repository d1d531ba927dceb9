import { WardenError } from './error.js';

/** A message of which no schema says more. */
export type Message = Record<string, unknown>;

/** The types that the messages M can have, which the field F names. */
export type TypeOf<M, F extends string> = M extends unknown ? (F extends keyof M ? (unknown extends M[F] ? string | number : M[F] & (string | number)) : never) : never;

/** Those of the messages M whose type can be K. */
export type OfType<M, F extends string, K> = M extends unknown ? (F extends keyof M ? (K extends M[F] ? M : never) : never) : never;

/** The text as a JSON object, whatever its fields. Throws a WardenError. */
export function parse(data: unknown, most: number): Message {
  if (typeof data !== 'string') throw new WardenError('message', 'a message is not text');
  if (data.length > most) throw new WardenError('message', `a message has more than ${most} characters`);
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    // The parser's own error would quote the message.
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw new WardenError('message', 'a message is not a JSON object');
  }
  return message as Message;
}

/** Why the guard did not let a message through. */
export interface Refusal {
  /** A word to act on: "schema", "denied", "rate", … */
  readonly code: string;
  /** A sentence, the same for everybody. */
  readonly message: string;
  /** Names the line of the audit log that tells more. */
  readonly event: string;
}

/**
 * Reads the guard's answer to a message that it refused, in the dialect json. An
 * error of the application behind it has no event.
 */
export function readRefusal(message: Message, field: string): Refusal | undefined {
  const { code, message: text, event } = message;
  if (message[field] !== 'error' || typeof code !== 'string' || typeof text !== 'string' || typeof event !== 'string') return undefined;
  return { code, message: text, event };
}
