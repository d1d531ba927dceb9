import type { Cause } from './cause.js';

/** Where a socket stands. */
export type State =
  /** It asks for a ticket and connects. attempt counts from 1 since the last stable connection. */
  | { readonly name: 'connecting'; readonly attempt: number }
  /** Messages pass. protocol is what the server chose. */
  | { readonly name: 'open'; readonly protocol: string }
  /** It tries again at until, in milliseconds since 1970. */
  | { readonly name: 'waiting'; readonly until: number; readonly cause: Cause }
  /** Nobody is signed in. connect tries again. */
  | { readonly name: 'signed-out'; readonly cause: Cause }
  /** The server said that trying again is of no use. connect tries again. */
  | { readonly name: 'refused'; readonly cause: Cause }
  /** The caller closed it, for good. */
  | { readonly name: 'closed' };
