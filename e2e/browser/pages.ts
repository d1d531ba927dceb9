// Serves pages to a browser, and passes some paths on, as the web server of an
// application does that has a guard beside it.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** What a path is answered with. */
export type Page = string | { type: string; body: string | Buffer } | ((req: IncomingMessage, res: ServerResponse) => void);

/** A web server on a free port of 127.0.0.1. Pages may be added while it runs. */
export class Pages {
  /** By path, without query. */
  readonly pages: Map<string, Page>;
  /** Where paths that begin with the key are passed on to, http://HOST:PORT. */
  readonly forward = new Map<string, string>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #tunnels = new Set<Socket>();

  private constructor(pages: Record<string, Page>) {
    this.pages = new Map(Object.entries(pages));
    this.#server = createServer((req, res) => this.#answer(req, res));
    this.#server.on('upgrade', (req, socket: Socket, head) => this.#upgrade(req, socket, head));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Starts it; whoever does calls close. */
  static async start(pages: Record<string, Page> = {}): Promise<Pages> {
    const server = new Pages(pages);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The origin of its pages under a host name that resolves to 127.0.0.1. */
  origin(host = '127.0.0.1'): string {
    return `http://${host}:${this.port}`;
  }

  /** Ends it and all that is connected. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Has the upgraded connections of now go silent, as a network does that is gone without a word. */
  silence(): void {
    for (const socket of this.#tunnels) socket.unpipe().pause();
  }

  #target(req: IncomingMessage): URL | undefined {
    for (const [prefix, to] of this.forward) {
      if (req.url?.startsWith(prefix)) return new URL(to);
    }
    return undefined;
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    const path = req.url?.split('?')[0] ?? '';
    const page = this.pages.get(path);
    if (page === undefined) return this.#pass(req, res);
    if (typeof page === 'function') return page(req, res);
    const { type, body } = typeof page === 'string' ? { type: 'text/html; charset=utf-8', body: page } : page;
    res.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' });
    res.end(body);
  }

  #pass(req: IncomingMessage, res: ServerResponse): void {
    const to = this.#target(req);
    if (!to) {
      res.writeHead(404).end();
      return;
    }
    const onward = request({ host: to.hostname, port: to.port, path: req.url, method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => (res.headersSent ? res.destroy() : res.writeHead(502).end()));
    req.pipe(onward);
  }

  #upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const to = this.#target(req);
    if (!to) {
      socket.destroy();
      return;
    }
    const onward = connect(Number(to.port), to.hostname, () => {
      const headers = req.rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
      onward.write(`${req.method} ${req.url} HTTP/1.1\r\n${headers}\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) {
      this.#tunnels.add(end);
      end.once('close', () => this.#tunnels.delete(end));
    }
    onward.on('error', () => socket.destroy());
    onward.on('close', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    socket.on('close', () => onward.destroy());
  }
}
