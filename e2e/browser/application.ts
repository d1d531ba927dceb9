// An application behind a guard: it says who is signed in, and serves sockets
// on /ws without any defence of its own.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** What the guard learns of who is signed in: sub, name, roles, sid, exp. */
export type Claims = Record<string, unknown>;

/** A server on a free port of 127.0.0.1. */
export class Application {
  /** Who is signed in, by the value of the cookie "session". */
  readonly sessions = new Map<string, Claims>();
  /** What /whoami answers in place of the claims: its status, and headers. */
  trouble: { status: number; headers?: Record<string, string> } | undefined;
  /** Called with every message of a socket. It echoes them by default. */
  onMessage: (socket: WebSocket, text: string) => void = (socket, text) => socket.send(text);
  /** Called with every new socket. */
  onSocket: (socket: WebSocket, req: IncomingMessage) => void = () => {};
  readonly #server: Server;
  readonly #sockets: WebSocketServer;

  private constructor() {
    this.#server = createServer((req, res) => this.#answer(req, res));
    this.#sockets = new WebSocketServer({ server: this.#server, path: '/ws', handleProtocols: (offered) => [...offered][0] ?? false });
    this.#sockets.on('connection', (socket, req) => {
      socket.on('error', () => {}); // it closes by itself
      socket.on('message', (data) => this.onMessage(socket, String(data)));
      this.onSocket(socket, req);
    });
  }

  /** Starts it; whoever does calls close. */
  static async start(): Promise<Application> {
    const application = new Application();
    application.#server.listen(0, '127.0.0.1');
    await once(application.#server, 'listening');
    return application;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The section sign_in of a guard that asks this application. */
  get signIn(): string {
    return `sign_in: {forward_auth: {url: "http://127.0.0.1:${this.port}/whoami", headers: [Cookie, Authorization]}}`;
  }

  /** The open sockets. */
  get clients(): Set<WebSocket> {
    return this.#sockets.clients;
  }

  /** Ends it and all that is connected. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    if (req.url !== '/whoami') {
      res.writeHead(404).end();
      return;
    }
    if (this.trouble) {
      res.writeHead(this.trouble.status, this.trouble.headers).end();
      return;
    }
    const claims = this.sessions.get(/(?:^|; )session=([^;]*)/.exec(req.headers.cookie ?? '')?.[1] ?? '');
    res.writeHead(claims ? 200 : 401, { 'Content-Type': 'application/json' });
    res.end(JSON.stringify(claims ?? {}));
  }
}
