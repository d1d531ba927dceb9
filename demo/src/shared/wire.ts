// A WebSocket whose traffic is kept, for pages that attack.
import type { Outcome, Step } from './outcome.ts';

/** A message of the platform, or of the guard. */
export interface Message {
  type: string;
  user?: string | null;
  userId?: string;
  message?: unknown;
  channel?: string;
  code?: string;
  event?: string;
  [field: string]: unknown;
}

/** How a connection ended. Code 1006: without a Close frame, or before it was open. */
export interface Ending {
  code: number;
  reason: string;
}

const patience = 8000; // ms until an answer is given up

/** Text without what would let somebody in. */
function masked(text: string): string {
  return text
    .replace(/wst1_[\w-]+/g, 'wst1_…')
    .replace(/token=[\w.-]+/g, 'token=…')
    .replace(/(.{260}).+/s, (_, head: string) => `${head}… (${text.length} characters)`);
}

export class Wire {
  readonly steps: Step[] = [];
  ending: Ending | null = null;
  private received: Message[] = [];
  private wake: () => void = () => {};
  private socket: WebSocket | null = null;

  note(text: string): void {
    this.steps.push({ dir: 'note', text: masked(text) });
  }

  /** Opens the socket. False: there is none, and a browser doesn't say why. */
  async open(url: string, protocols: string[] = []): Promise<boolean> {
    this.note(`new WebSocket('${url}'${protocols.length > 0 ? `, ['${protocols.join("', '")}']` : ''})`);
    const socket = new WebSocket(url, protocols);
    this.socket = socket;
    socket.onmessage = (event) => this.take(event.data);
    return new Promise((resolve) => {
      socket.onopen = () => {
        this.note('open');
        resolve(true);
      };
      socket.onclose = (event) => {
        this.ending = { code: event.code, reason: event.reason };
        this.steps.push({ dir: 'in', text: `close ${event.code}${event.reason ? ` ${event.reason}` : ''}` });
        this.wake();
        resolve(false);
      };
    });
  }

  private take(data: unknown): void {
    let message: Message;
    try {
      message = JSON.parse(String(data)) as Message;
    } catch {
      return;
    }
    if (message.type === 'price') return; // they come all the time
    if (this.steps.length < 40) this.steps.push({ dir: 'in', text: masked(String(data)) });
    this.received.push(message);
    this.wake();
  }

  /** Sends a message; a text is sent as it is. */
  send(message: object | string, note?: string): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    this.steps.push({ dir: 'out', text: note ?? masked(text) });
    this.socket?.send(text);
  }

  /** Sends without a line in the record, which would be one of hundreds. */
  sendQuietly(text: string): void {
    this.socket?.send(text);
  }

  /** Returns the next message that fits, or null where the connection ends or nothing comes. */
  async next(fits: (message: Message) => boolean, within = patience): Promise<Message | null> {
    const deadline = Date.now() + within;
    for (;;) {
      const at = this.received.findIndex(fits);
      if (at >= 0) return this.received.splice(at, 1)[0] ?? null;
      if (this.ending || Date.now() >= deadline) return null;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Returns the next answer of this type, or an error. */
  answer(type: string): Promise<Message | null> {
    return this.next((m) => m.type === type || m.type === 'error');
  }

  close(): void {
    this.socket?.close(1000);
  }

  worked(seen: string): Outcome {
    return this.end({ worked: true, seen, steps: this.steps });
  }

  /** Nothing was refused, and what arrived was harmless. */
  changed(seen: string, rule: string, message: string): Outcome {
    return this.end({ worked: false, seen, steps: this.steps, by: { rule, message } });
  }

  /** The attack failed: by an error, a close, or for want of a socket. */
  failed(error: Message | null): Outcome {
    if (error?.event) return this.end({ worked: false, seen: `refused: ${error.code ?? 'error'}`, steps: this.steps, event: error.event });
    if (error) return this.end({ worked: false, seen: `the platform answers “${String(error.message)}”`, steps: this.steps });
    if (!this.ending) return this.end({ worked: false, seen: 'no answer', steps: this.steps });
    const { code, reason } = this.ending;
    const event = /;i=([0-9a-f]+)/.exec(reason)?.[1];
    const word = reason.split(';')[0];
    const seen = code === 1006 ? 'no connection: the browser sees close 1006 and no reason' : `closed ${code}${word ? ` ${word}` : ''}`;
    return this.end(event ? { worked: false, seen, steps: this.steps, event } : { worked: false, seen, steps: this.steps });
  }

  private end(outcome: Outcome): Outcome {
    this.close();
    return outcome;
  }
}
