// The two ways in: that of the guide's client, and that of the client of the guard.
import { WardenSocket, type Message, type State } from '@wswarden/client';
import type { Side } from './site.ts';

/** A connection that comes back by itself. */
export interface Link {
  /** Sends, where it is connected. */
  send(message: Message): void;
}

export interface Owner {
  /** The token of the last sign-in. */
  token(): string;
  received(message: Message): void;
  /** Shows where the connection stands; state is open, failed or empty. */
  shows(text: string, state: string): void;
}

const longestWait = 30_000; // ms

export function connectBare(side: Side, owner: Owner): Link {
  let socket: WebSocket;
  let failures = 0;
  const connect = (): void => {
    owner.shows('connecting', '');
    // FLAW WS202: a token that lives for minutes becomes part of a URL.
    socket = new WebSocket(`${side.socket}?token=${encodeURIComponent(owner.token())}`);
    socket.onopen = () => { failures = 0; };
    socket.onmessage = (event) => owner.received(JSON.parse(String(event.data)) as Message);
    socket.onclose = (event) => {
      owner.shows(`closed ${event.code}`, 'failed');
      setTimeout(connect, Math.random() * Math.min(longestWait, 1000 * 2 ** failures++));
    };
  };
  connect();
  return {
    send: (message) => { if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message)); },
  };
}

export function connectGuarded(side: Side, owner: Owner): Link {
  const socket = new WardenSocket(side.socket, {
    // The guard is another port of this host: the cookie that asks for a ticket is
    // the platform's. The platform has no token against CSRF; that the header is
    // there is what a form of a foreign page can't bring about.
    ticket: { url: side.ticket ?? '', credentials: 'include', csrf: () => '1' },
    onState: (state) => owner.shows(...words(state)),
    onMessage: owner.received,
  });
  return {
    send: (message) => { if (socket.state.name === 'open') socket.send(message); },
  };
}

function words(state: State): [text: string, state: string] {
  switch (state.name) {
    case 'connecting': return ['connecting', ''];
    case 'open': return ['connected', 'open'];
    case 'waiting': return ['interrupted; comes back', 'failed'];
    case 'signed-out': return ['signed out', 'failed'];
    case 'refused': return ['refused', 'failed'];
    case 'closed': return ['closed', 'failed'];
  }
}
