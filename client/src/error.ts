/** What went wrong, for {@link WardenError}. */
export type ErrorKind =
  /** An incoming message is no JSON text with a type, or too large. */
  | 'message'
  /** A message does not fit its schema. */
  | 'schema'
  /** More incoming messages wait for their validation than is sensible. */
  | 'overflow'
  /** The guard refused a message, and nobody listens for that. */
  | 'refused'
  /** A message that waited to be sent was given up, and nobody listens for that. */
  | 'dropped'
  /** The connection could not be renewed; it goes on until its session ends. */
  | 'renewal'
  /** A handler or a hook threw. */
  | 'handler'
  /** send: the queue is full. */
  | 'queue-full'
  /** send: nobody is signed in, the server refused, or the socket is closed. */
  | 'not-connected';

/**
 * What send throws and onError hears of. Its text holds no part of a message.
 * The cause is the error behind it, or the issues of a schema, which may quote
 * the message: they are not for logs.
 */
export class WardenError extends Error {
  override readonly name = 'WardenError';
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
