// Calls between the main page and the frames, which have other origins. Each side
// listens to one window of one origin and drops what comes from elsewhere.

interface Call { wswarden: 'call'; id: number; name: string; args: unknown }
interface Result { wswarden: 'result'; id: number; value?: unknown; error?: string }
interface Notice { wswarden: 'event'; event: unknown }
type Letter = Call | Result | Notice;

function isLetter(data: unknown): data is Letter {
  return typeof data === 'object' && data !== null && 'wswarden' in data;
}

/** A frame, as the page sees it. */
export class Frame<E = never> {
  readonly ready: Promise<void>;
  private calls = new Map<number, { resolve(value: unknown): void; reject(cause: Error): void }>();
  private listeners = new Set<(event: E) => void>();
  private nextID = 1;
  private loaded!: () => void;

  constructor(readonly element: HTMLIFrameElement, readonly origin: string) {
    this.ready = new Promise((resolve) => { this.loaded = resolve; });
    window.addEventListener('message', (message) => this.receive(message));
  }

  /** Asks the frame to do something; rejects with what it says where it can't. */
  async call<T>(name: string, args: unknown = null): Promise<T> {
    await this.ready;
    const id = this.nextID++;
    const call: Call = { wswarden: 'call', id, name, args };
    this.element.contentWindow?.postMessage(call, this.origin);
    return new Promise<T>((resolve, reject) => {
      this.calls.set(id, { resolve: (value) => resolve(value as T), reject });
    });
  }

  /** Calls listener with every event until the returned function is called. */
  listen(listener: (event: E) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private receive(message: MessageEvent): void {
    if (message.source !== this.element.contentWindow || message.origin !== this.origin || !isLetter(message.data)) return;
    const letter = message.data;
    if (letter.wswarden === 'event') {
      if (letter.event === 'ready') this.loaded();
      else for (const listener of this.listeners) listener(letter.event as E);
    } else if (letter.wswarden === 'result') {
      const call = this.calls.get(letter.id);
      this.calls.delete(letter.id);
      if (letter.error === undefined) call?.resolve(letter.value);
      else call?.reject(new Error(letter.error));
    }
  }
}

export type Handlers = Record<string, (args: never) => Promise<unknown>>;

/** Lets the page of this origin, in whose frame we are, call the handlers. */
export function serveParent<E>(origin: string, handlers: Handlers): (event: E) => void {
  const send = (letter: Letter): void => {
    if (window.parent !== window) window.parent.postMessage(letter, origin);
  };
  window.addEventListener('message', async (message) => {
    if (message.source !== window.parent || message.origin !== origin || !isLetter(message.data)) return;
    const letter = message.data;
    if (letter.wswarden !== 'call') return;
    const handler = Object.hasOwn(handlers, letter.name) ? handlers[letter.name] : undefined;
    try {
      if (!handler) throw new Error(`this frame can't ${letter.name}`);
      send({ wswarden: 'result', id: letter.id, value: await handler(letter.args as never) });
    } catch (err) {
      send({ wswarden: 'result', id: letter.id, error: err instanceof Error ? err.message : String(err) });
    }
  });
  send({ wswarden: 'event', event: 'ready' });
  return (event) => send({ wswarden: 'event', event });
}
