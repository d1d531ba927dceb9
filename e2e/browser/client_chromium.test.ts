// The client in a page of a real Chromium, in front of a real guard.
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { build, defaultClientConditions } from 'vite';
import type { State } from '@wswarden/client';
import { launch } from './chromium.ts';
import type { Connect } from './client_page.ts';
import { type Rig, type RigOptions, sayWhatIsAsked, startRig } from './client_rig.ts';
import { patience } from './deadline.ts';

let browser: Browser;
let script: string;
let worker: string;
beforeAll(async () => {
  [browser, script, worker] = await Promise.all([launch(), bundle('client_page.ts'), bundle('client_worker.ts')]);
});
afterAll(async () => { await browser?.close(); });

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function bundle(name: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@wswarden/source', ...defaultClientConditions] },
    build: { write: false, minify: false, rolldownOptions: { input: fileURLToPath(new URL(name, import.meta.url)) } },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error(`${name} was not built as one script`);
  return built.output[0].code;
}

// Nothing in line, nothing from elsewhere, and no text becomes markup or code.
const policy = (rig: Rig) => `default-src 'none'; script-src 'self'; connect-src 'self' ${rig.direct} ${rig.guard.url}; require-trusted-types-for 'script'`;

/** A page with alice's cookie, and what tests ask it. */
class Tab {
  readonly #page: Page;
  readonly rig: Rig;
  readonly #context: BrowserContext;
  #cdp: CDPSession | undefined;
  /** Addresses of all sockets, and of all requests. */
  readonly sockets: string[] = [];
  readonly requests: string[] = [];
  readonly logs: string[] = [];

  private constructor(rig: Rig, context: BrowserContext, page: Page) {
    this.rig = rig;
    this.#context = context;
    this.#page = page;
    page.on('websocket', (socket) => this.sockets.push(socket.url()));
    page.on('request', (request) => this.requests.push(request.url()));
    page.on('console', (message) => this.logs.push(message.text()));
  }

  static async open(options?: RigOptions): Promise<Tab> {
    const rig = await startRig(options);
    open.push(rig);
    sayWhatIsAsked(rig.application);
    rig.pages.pages.set('/client.js', { type: 'text/javascript', body: script });
    rig.pages.pages.set('/worker.js', { type: 'text/javascript', body: worker });
    rig.pages.pages.set('/', (_, res) => {
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy(rig) });
      res.end('<!doctype html><title>client</title><script type=module src=/client.js></script><p id=text></p>');
    });
    rig.pages.pages.set('/sign-in', (_, res) => {
      rig.signIn();
      res.writeHead(204).end();
    });
    const context = await browser.newContext();
    open.push(context);
    await context.addCookies([{ name: 'session', value: 's1', domain: '127.0.0.1', path: '/', httpOnly: true, sameSite: 'Lax' }]);
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const tab = new Tab(rig, context, page);
    await page.goto(rig.pages.origin());
    await page.waitForFunction(() => 'test' in window);
    return tab;
  }

  /** Makes a socket, the first unless others were made before. */
  connect(given: Partial<Connect> = {}): Promise<number> {
    return this.#page.evaluate((all) => window.test.connect(all), { url: '/ws', backoff: { base: 50 }, ...given });
  }

  /** Waits until the socket has been in the state name for the nth time, and returns that. */
  async state(name: State['name'], nth = 1, socket = 0): Promise<State> {
    try {
      await this.#page.waitForFunction(([i, s, n]) => window.test.records[i]!.times(s) >= n, [socket, name, nth] as const);
    } catch (error) {
      throw new Error(`no state ${name}, but ${JSON.stringify(await this.record('states', socket))}: ${error}`);
    }
    const states = await this.record('states', socket);
    return states.filter((state) => state.name === name)[nth - 1]!;
  }

  async received(count: number): Promise<unknown[]> {
    await this.#page.waitForFunction((n) => window.test.records[0]!.messages.length >= n, count);
    return this.record('messages');
  }

  record<K extends 'states' | 'messages' | 'errors' | 'refused' | 'signIns'>(what: K, socket = 0): Promise<Window['test']['records'][number][K]> {
    return this.#page.evaluate(([i, w]) => window.test.records[i]![w as 'states'], [socket, what as string] as const) as never;
  }

  send(message: Record<string, unknown>): Promise<void> {
    return this.#page.evaluate((m) => window.test.records[0]!.client.send(m), message);
  }

  run<T, A>(code: (argument: A) => T, argument?: A): Promise<T> {
    return this.#page.evaluate(code as never, argument as never);
  }

  /** Takes the network from the page, as the tools of developers do it. */
  async offline(offline: boolean): Promise<void> {
    this.#cdp ??= await this.#context.newCDPSession(this.#page);
    await this.#cdp.send('Network.enable');
    await this.#cdp.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  }

  /** How often the guard has renewed a connection. */
  get renewals(): number {
    return this.rig.guard.audit.filter((line) => line['event.action'] === 'ticket.renew').length;
  }

  /** How often it asked for a ticket. */
  get tickets(): number {
    return this.requests.filter((url) => url.endsWith('/ws/ticket')).length;
  }
}

describe('a conversation', () => {
  test('a page talks, and no address holds the ticket', async () => {
    const tab = await Tab.open();
    await tab.connect();
    for (let n = 0; n < 3; n++) await tab.send({ type: 'echo', n });
    expect(await tab.received(3)).toEqual([0, 1, 2].map((n) => ({ type: 'echo', n })));
    expect(await tab.state('open')).toEqual({ name: 'open', protocol: 'wswarden.v1' });
    expect(tab.sockets).toEqual([tab.rig.url]);
    expect([...tab.sockets, ...tab.requests, ...tab.logs].join()).not.toMatch(/wst/);
    expect(await tab.run(() => [window.test.rejections, window.test.violations])).toEqual([[], []]);
  });

  test('a guard on another origin of the site', async () => {
    const tab = await Tab.open();
    await tab.connect({ url: tab.rig.direct, ticket: { credentials: 'include' } });
    await tab.send({ type: 'echo', n: 1 });
    expect(await tab.received(1)).toEqual([{ type: 'echo', n: 1 }]);
    expect(tab.sockets).toEqual([tab.rig.direct]);
  });

  test('a worker talks', async () => {
    const tab = await Tab.open();
    const heard = await tab.run(() => new Promise((resolve) => {
      const { trustedTypes } = window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } } };
      const url = trustedTypes.createPolicy('worker', { createScriptURL: (text: string) => text }).createScriptURL('/worker.js');
      new Worker(url, { type: 'module' }).onmessage = (event) => resolve(event.data);
    }));
    expect(heard).toEqual({ type: 'echo', n: 1 });
  });

  test.each(['zod', 'valibot'] as const)('%s judges what the server sends', async (schema) => {
    const tab = await Tab.open();
    await tab.connect({ schema });
    const good = { type: 'price', symbol: 'AAPL', price: 190.5 };
    await tab.send({ type: 'say', say: ['{', 'null', '{"type":"price","price":"1"}', JSON.stringify(good)] });
    expect(await tab.received(1)).toEqual([good]);
    expect(await tab.record('errors')).toEqual(['message', 'message', 'schema']);
  });

  test('a refused message is told', async () => {
    const tab = await Tab.open();
    await tab.connect();
    await tab.send({ type: 'become_admin' });
    await tab.send({ type: 'echo', n: 1 });
    await tab.received(1);
    expect(await tab.record('refused')).toMatchObject([{ code: 'schema', event: expect.any(String) }]);
  });

  test('close leaves nothing that comes back', async () => {
    const tab = await Tab.open();
    await tab.connect();
    await tab.state('open');
    const ended = new Promise((resolve) => [...tab.rig.application.clients][0]!.once('close', resolve));
    await tab.run(() => window.test.records[0]!.client.close());
    expect(await ended).toBe(1000);
    await tab.run(() => dispatchEvent(new Event('online')));
    expect(tab.tickets).toBe(1);
    expect((await tab.record('states')).at(-1)).toEqual({ name: 'closed' });
  });
});

describe('the network', () => {
  test('the guard is gone, and back', async () => {
    const tab = await Tab.open();
    await tab.connect();
    await tab.state('open');
    await tab.rig.guard.stop();
    expect(await tab.state('waiting')).toMatchObject({ cause: { code: 1006, advice: 'wait' } });
    await tab.send({ type: 'echo', n: 7 });
    await tab.rig.guard.restart();
    await tab.state('open', 2);
    expect(await tab.received(1)).toEqual([{ type: 'echo', n: 7 }]);
    expect(await tab.run(() => window.test.rejections)).toEqual([]);
  });

  test('offline from the start: it comes when the machine is online, not when its wait is over', async () => {
    const tab = await Tab.open();
    await tab.offline(true);
    await tab.run(() => { Math.random = () => 1; });
    await tab.connect({ backoff: { base: 3_600_000, cap: 3_600_000 } });
    expect(await tab.state('waiting')).toMatchObject({ cause: { source: 'ticket', code: 0 } });
    await tab.run(() => { Math.random = () => 0; });
    await tab.offline(false);
    await tab.state('open');
  });

  test('offline for a moment: the connection stays, and what was sent arrives', async () => {
    const tab = await Tab.open();
    await tab.connect();
    await tab.state('open');
    await tab.offline(true);
    await tab.run(() => window.test.records[0]!.client.send({ type: 'echo', n: 1 }));
    expect(await tab.run(() => navigator.onLine)).toBe(false);
    await tab.offline(false);
    expect(await tab.received(1)).toEqual([{ type: 'echo', n: 1 }]);
    expect(await tab.record('states')).toHaveLength(2);
  });

  describe('online again, after a sleep', () => {
    /** A connection on which the guard has answered, a minute ago to the page. */
    async function slept(connectTimeout: number): Promise<Tab> {
      const tab = await Tab.open();
      await tab.connect({ stableAfter: 100, connectTimeout });
      await tab.state('open');
      await tab.rig.guard.untilAudit('a renewal', () => tab.renewals === 1);
      await tab.send({ type: 'echo', n: 1 });
      await tab.received(1); // behind the answer
      await tab.run(() => {
        const real = performance.now.bind(performance);
        performance.now = () => real() + 60_000;
      });
      return tab;
    }

    test('a connection that lives is kept', async () => {
      const tab = await slept(patience);
      await tab.run(() => dispatchEvent(new Event('online')));
      await tab.rig.guard.untilAudit('another renewal', () => tab.renewals === 2);
      expect((await tab.record('states')).map((state) => state.name)).toEqual(['connecting', 'open']);
    });

    test('a connection that is dead without knowing is left', async () => {
      const tab = await slept(3000);
      tab.rig.pages.silence();
      await tab.run(() => document.dispatchEvent(new Event('visibilitychange')));
      expect(await tab.state('waiting')).toMatchObject({ cause: { source: 'timeout' } });
      await tab.state('open', 2);
    });
  });
});

describe('the guard says', () => {
  test('drain: it goes, and finds the next', async () => {
    const tab = await Tab.open();
    await tab.connect();
    await tab.state('open');
    await tab.rig.guard.drain();
    expect(await tab.state('waiting')).toMatchObject({ cause: { code: 1012, word: 'drain', advice: 'now' } });
    await tab.rig.guard.restart();
    await tab.state('open', 2);
  });

  test('the session was revoked: it stays away, and asks for nothing more', async () => {
    const tab = await Tab.open();
    await tab.connect();
    await tab.state('open');
    await tab.rig.guard.revoke({ session: 'sid-1' });
    expect(await tab.state('refused')).toMatchObject({ cause: { code: 4001, word: 'session.revoked', advice: 'no' } });
    await tab.run(() => {
      dispatchEvent(new Event('online'));
      document.dispatchEvent(new Event('visibilitychange'));
    });
    // A second socket of the same page gets its answer after whatever the first might have asked.
    await tab.connect();
    expect(await tab.state('signed-out', 1, 1)).toMatchObject({ cause: { code: 401, word: 'session_revoked' } });
    expect(tab.tickets).toBe(2);
    expect(await tab.record('states')).toHaveLength(3);
  });

  test('another has signed in: the connection of the one before ends', async () => {
    const tab = await Tab.open();
    tab.rig.application.onSocket = () => tab.rig.signIn('bob'); // before the page hears that it is connected
    await tab.connect({ stableAfter: 100 });
    expect(await tab.state('refused')).toMatchObject({ cause: { code: 4003, word: 'denied' } });
  });
});

describe('the ticket endpoint', () => {
  test('401: the hook signs in, and the connection opens', async () => {
    const tab = await Tab.open();
    tab.rig.application.sessions.clear();
    await tab.connect({ signIn: '/sign-in' });
    await tab.state('open');
    expect(await tab.record('signIns')).toMatchObject([{ source: 'ticket', code: 401 }]);
  });

  test('a redirect to a sign-in page is the same, and is not followed', async () => {
    const tab = await Tab.open();
    let followed = false;
    tab.rig.pages.pages.set('/moved', (_, res) => res.writeHead(302, { Location: '/login' }).end());
    tab.rig.pages.pages.set('/login', (_, res) => {
      followed = true;
      res.end();
    });
    await tab.connect({ ticket: { url: '/moved' } });
    expect(await tab.state('signed-out')).toMatchObject({ cause: { code: 302 } });
    expect(followed).toBe(false);
  });

  test('403: without the CSRF header there is no second attempt', async () => {
    const tab = await Tab.open();
    await tab.connect({ bare: true });
    expect(await tab.state('refused')).toMatchObject({ cause: { code: 403, word: 'csrf_header_required' } });
    expect(tab.tickets).toBe(1);
  });

  test('429: as late as Retry-After says, also from another origin', async () => {
    const tab = await Tab.open({ auth: '{ticket: {rate: {rate: 1/6s, burst: 1}}}' });
    await tab.connect();
    await tab.state('open');
    await tab.connect({ url: tab.rig.direct, ticket: { credentials: 'include' } });
    const state = await tab.state('waiting', 1, 1);
    expect(state).toMatchObject({ cause: { code: 429, advice: 'wait' } });
    if (state.name === 'waiting') expect([1, 2, 3, 4, 5, 6]).toContain(state.cause.after / 1000);
    await tab.state('open', 1, 1);
    expect(tab.rig.mints().filter((line) => line['http.response.status_code'] === 429)).toHaveLength(1);
  });

  test('503: it waits until the application is back', async () => {
    const tab = await Tab.open();
    tab.rig.application.trouble = { status: 500 };
    await tab.connect();
    expect(await tab.state('waiting')).toMatchObject({ cause: { code: 503, after: 5000 } });
    tab.rig.application.trouble = undefined;
    await tab.state('open');
    expect(tab.tickets).toBe(2);
  });
});

describe('text of others', () => {
  test('is shown as text', async () => {
    const tab = await Tab.open();
    await tab.connect();
    const attack = '<img src=x onerror="document.title=\'hit\'"><script>document.title="hit"</script>';
    await tab.send({ type: 'say', say: [JSON.stringify({ type: 'chat', text: attack })] });
    await tab.received(1);
    const shown = await tab.run(() => {
      const node = document.getElementById('text')!;
      window.test.renderText(node, (window.test.records[0]!.messages[0] as { text: string }).text);
      const refused = ['script', 'style'].map((name) => {
        try {
          window.test.renderText(document.createElement(name), 'x');
          return '';
        } catch (error) {
          return (error as Error).name;
        }
      });
      return { text: node.textContent, elements: node.childElementCount, title: document.title, refused };
    });
    expect(shown).toEqual({ text: attack, elements: 0, title: 'client', refused: ['TypeError', 'TypeError'] });
  });

  test('becomes no address that runs code', async () => {
    const tab = await Tab.open();
    const urls = ['javascript:alert(1)', ' \tjava\nscript:alert(1)', 'data:text/html,x', '//evil.example', 'https://a.example/'];
    expect(await tab.run((all) => all.map((url) => window.test.safeUrl(url) ?? null), urls)).toEqual([null, null, null, null, 'https://a.example/']);
  });
});
