// A guard with an application, and its dashboard in a browser.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { Application } from './application.ts';
import { Guard } from './guard.ts';
import { Pages } from './pages.ts';

/** What a page of the tests records about its one socket. */
export interface SocketRecord {
  opened?: number; // ms since 1970
  closed?: { at: number; code: number; reason: string };
}

declare global {
  interface Window {
    record: SocketRecord;
    violations: string[];
    gone: number;
    axe: { run(options?: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
  }
}

/** A page that opens a socket to the guard, and says what became of it. */
function client(guard: string): string {
  return `<!doctype html><title>client</title><script>
const s = new WebSocket(${JSON.stringify(guard.replace('http', 'ws') + '/ws')});
window.record = {};
s.onopen = () => { window.record.opened = Date.now(); s.send('{"type":"hello"}'); };
s.onclose = (e) => { window.record.closed = { at: Date.now(), code: e.code, reason: e.reason }; };
</script>`;
}

/** An application behind a guard, on free ports. */
export class Stage {
  private constructor(readonly application: Application, readonly pages: Pages, readonly guard: Guard, private readonly browser: Browser) {}

  /** Starts it with further settings of the guard, and of its route; whoever does calls close. */
  static async start(browser: Browser, settings = '', env: Record<string, string> = {}, route = ''): Promise<Stage> {
    const application = await Application.start();
    const pages = await Pages.start();
    application.sessions.set('s1', { sub: 'alice', sid: 'sid-1' });
    application.sessions.set('s2', { sub: 'bob', sid: 'sid-2' });
    application.sessions.set('evil', { sub: `<img src=x onerror="document.title=1"> token=${'W'.repeat(100)} ${'x'.repeat(60)}`, sid: 'sid-3' });
    try {
      const guard = await Guard.start(`${application.signIn}
${settings}
routes:
  - path: /ws
    backend: ws://127.0.0.1:${application.port}/ws
    origins: ["${pages.origin()}"]
    auth: {ticket: true, cookie: true}
${route}`, env);
      pages.pages.set('/', { type: 'text/html', body: client(guard.url) });
      return new Stage(application, pages, guard, browser);
    } catch (error) {
      await pages.close();
      await application.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.guard.close();
    await this.pages.close();
    await this.application.close();
  }

  /** Opens the page of the application, signed in with a session, and waits for its socket. */
  async connect(session = 's1'): Promise<Page> {
    const page = await this.visit(this.pages.origin(), session);
    await page.waitForFunction(() => window.record.opened !== undefined);
    return page;
  }

  /** Opens a page of origin, and waits until its socket has been refused. */
  async attack(origin: string): Promise<void> {
    const page = await this.visit(origin, 's1');
    await page.waitForFunction(() => window.record.closed !== undefined);
    await page.context().close();
  }

  /** Asks for a ticket outside of any browser. */
  async mint(session: string): Promise<string> {
    const answer = await fetch(`${this.guard.url}/ws/ticket`, {
      method: 'POST', body: '{}', headers: { Cookie: `session=${session}`, Origin: this.pages.origin(), 'Content-Type': 'application/json', 'X-CSRF-Token': 'x' },
    });
    return ((await answer.json()) as { protocol: string }).protocol;
  }

  /** Opens a socket outside of any browser. A refused one comes back closed. */
  async dial(session: string, origin = this.pages.origin(), query = '', protocols: string[] = []): Promise<WebSocket> {
    const socket = new WebSocket(`${this.guard.url.replace('http', 'ws')}/ws${query}`, protocols, { origin, headers: { Cookie: `session=${session}` } });
    socket.on('error', () => {}); // it closes by itself
    await new Promise((settled) => socket.once('open', settled).once('close', settled));
    return socket;
  }

  private async visit(origin: string, session: string): Promise<Page> {
    const context = await this.browser.newContext();
    await context.addCookies([{ name: 'session', value: session, url: this.guard.url }]);
    const page = await context.newPage();
    await page.goto(origin);
    return page;
  }

  /** Opens the dashboard, which records what its policy forbade. */
  async dashboard(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext(options);
    const page = await context.newPage();
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener('securitypolicyviolation', (e) => window.violations.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));
    });
    await page.goto(this.guard.admin);
    return page;
  }
}
