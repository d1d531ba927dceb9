// The connection to the guard: a ticket for each attempt, then a snapshot, then
// what changes.
import { type State as SocketState, WardenSocket } from '@wswarden/client';
import type { Incoming, View } from './protocol.ts';
import { authorization } from './token.ts';

/** The worst snapshot is smaller: the guard's own queue holds 2 MiB. */
const maxMessage = 4 << 20;

/** Where the page stands with the guard. */
export type Link =
  | { name: 'connecting' }
  | { name: 'open' }
  /** It tries again at until, ms since 1970. */
  | { name: 'waiting'; until: number; why: string }
  /** The guard wants a token, or another one. */
  | { name: 'signed-out' }
  /** The guard said that coming back is of no use. */
  | { name: 'refused'; why: string };

export interface Feed {
  /** Says what the page shows of the connections. */
  look(view: View): void;
  /** Tries at once. */
  connect(): void;
}

/** Opens the feed. The view is asked for on every new connection. */
export function openFeed(view: () => View, onMessage: (message: Incoming) => void, onLink: (link: Link) => void): Feed {
  const socket = new WardenSocket('/live', {
    ticket: { headers: authorization, credentials: 'omit' },
    // Where this page came in plain text, so does the rest of it.
    insecurePlaintext: location.protocol === 'http:',
    // An operator waits for it: the guard that he restarts is there in a moment.
    backoff: { base: 500, cap: 15_000 },
    stableAfter: 5_000,
    maxMessage,
    onState: (state) => {
      if (state.name === 'open') socket.send({ ...view() });
      const link = linkOf(state);
      if (link) onLink(link);
    },
    onMessage: (message) => onMessage(message as unknown as Incoming),
  });
  return {
    look: (next) => {
      // Otherwise it is asked for when the connection is there.
      if (socket.state.name === 'open') socket.send({ ...next });
    },
    connect: () => socket.connect(),
  };
}

function linkOf(state: SocketState): Link | undefined {
  switch (state.name) {
    case 'connecting':
    case 'open':
    case 'signed-out':
      return { name: state.name };
    case 'waiting':
      return { name: 'waiting', until: state.until, why: why(state.cause.source, state.cause.code, state.cause.word) };
    case 'refused':
      return { name: 'refused', why: why(state.cause.source, state.cause.code, state.cause.word) };
    case 'closed':
      return undefined; // the page itself never closes it
  }
}

function why(source: string, code: number, word: string | undefined): string {
  if (source === 'timeout') return 'it did not answer in time';
  if (source === 'ticket') return code === 0 ? 'it did not answer' : `it gave no ticket (${code}${word ? `, ${word}` : ''})`;
  if (word === 'drain') return 'it went away';
  return code === 1006 ? 'the connection broke off' : `it closed the connection (${code}${word ? `, ${word}` : ''})`;
}
