// An application, a guard in front of it, and the web server of its pages,
// which passes /ws on to the guard: what a client of wswarden lives in.
import type { WebSocket } from 'ws';
import { Application } from './application.ts';
import { Guard, type LogLine } from './guard.ts';
import { Pages } from './pages.ts';

/** Parts of the configuration that a test changes. */
export interface RigOptions {
  /** Lines at the top level. */
  top?: string;
  /** Flow mappings of the route. */
  auth?: string;
  session?: string;
}

export interface Rig {
  application: Application;
  pages: Pages;
  guard: Guard;
  /** The socket as the pages see it, and as the guard's own address. */
  url: string;
  direct: string;
  /** Lets the cookie session=s1 be alice again, or somebody else. */
  signIn(user?: string): void;
  /** Lines of the audit log about tickets that were asked for. */
  mints(): LogLine[];
  close(): Promise<void>;
}

/** Starts all of it with alice signed in. Whoever starts it calls close. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const open: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  };
  try {
    const application = await Application.start();
    open.push(application);
    const pages = await Pages.start();
    open.push(pages);
    const guard = await Guard.start(configuration(application, pages, options));
    open.push(guard);
    pages.forward.set('/ws', guard.url);
    let sid = 0;
    const signIn = (user = 'alice') => application.sessions.set('s1', { sub: user, sid: `sid-${++sid}` });
    signIn();
    return {
      application,
      pages,
      guard,
      signIn,
      close,
      url: `ws://127.0.0.1:${pages.port}/ws`,
      direct: `${guard.url.replace('http', 'ws')}/ws`,
      mints: () => guard.audit.filter((line) => line['event.action'] === 'ticket.mint'),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function configuration(application: Application, pages: Pages, options: RigOptions): string {
  return `${application.signIn}
audit: {accepted: true}
drain: {spread: 2s, deadline: 5s}
${options.top ?? ''}
routes:
  - path: /ws
    backend: ws://127.0.0.1:${application.port}/ws
    origins: ["${pages.origin()}"]
    auth: ${options.auth ?? '{ticket: true}'}
    session: ${options.session ?? '{recheck: 60s}'}
    limits: {messages: 600/1m}
    messages:
      unknown: reject
      client:
        echo: {schema: {type: object, properties: {type: {type: string}, n: {type: integer}}, additionalProperties: false}}
        say: {schema: {type: object}}
`;
}

/** Lets the application answer "say" with the messages in it, whatever they are. */
export function sayWhatIsAsked(application: Application): void {
  application.onMessage = (socket: WebSocket, text: string) => {
    const message = JSON.parse(text) as { type: string; say?: string[]; close?: [number, string] };
    if (message.type !== 'say') socket.send(text);
    for (const each of message.say ?? []) socket.send(each);
    if (message.close) socket.close(...message.close);
  };
}
