// A WebSocket that does what a test says, for what depends on the clock.
import { vi } from 'vitest';
import { type Options, type State, WardenSocket } from '../src/index.js';
import type { Message } from '../src/message.js';
import type { Schema } from '../src/schema.js';

/** The server's end of a connection. */
export class ScriptedSocket {
  readyState = 0;
  protocol = '';
  bufferedAmount = 0;
  readonly sent: string[] = [];
  closedWith: [number | undefined, string | undefined] | undefined;
  onopen: ((event: unknown) => void) | null = null;
  onmessage: ((event: unknown) => void) | null = null;
  onclose: ((event: unknown) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly url: string;
  readonly protocols: string[];

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(code = 1005, reason = ''): void {
    if (code !== 1000 && code !== 1005 && (code < 3000 || code > 4999)) throw new DOMException('', 'InvalidAccessError'); // as browsers do
    this.closedWith = [code, reason];
    this.readyState = 2;
  }
  /** Answers 101. */
  open(protocol = this.protocols[0]!): void {
    this.protocol = protocol;
    this.readyState = 1;
    this.onopen?.({});
  }
  say(message: unknown): void {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

type Given = Partial<Options<Schema<Message>, Schema<Message>, 'type'>>;

/** A class of scripted sockets, and those that were made of it. */
export function scriptedClass() {
  const sockets: ScriptedSocket[] = [];
  class Scripted extends ScriptedSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  return { sockets, WebSocket: Scripted };
}

/** A client of scripted sockets on a fake clock, and all that happened to it. */
export function scripted(options: Given = {}) {
  const { sockets, WebSocket } = scriptedClass();
  const states: State[] = [];
  const errors: string[] = [];
  const ticket = vi.fn(async () => `t${sockets.length + 1}`);
  const client = new WardenSocket('wss://api.example.com/ws', {
    ticket,
    WebSocket,
    ...options,
    onState: (state) => {
      states.push(state);
      options.onState?.(state);
    },
    onError: options.onError ?? ((error) => errors.push(`${error.kind}: ${error.message}`)),
  });
  return {
    client,
    sockets,
    states,
    errors,
    ticket,
    names: () => states.map((state) => state.name),
    /** The newest connection, once its ticket is there. */
    async next(): Promise<ScriptedSocket> {
      await vi.advanceTimersByTimeAsync(0);
      const socket = sockets.at(-1);
      if (!socket) throw new Error('no connection was tried');
      return socket;
    },
    /** Connects, and opens the connection. */
    async opened(): Promise<ScriptedSocket> {
      const socket = await this.next();
      socket.open();
      return socket;
    },
  };
}
