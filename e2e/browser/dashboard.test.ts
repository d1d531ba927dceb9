import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launch } from './chromium.ts';
import { Stage } from './dashboard.ts';
import { patience } from './deadline.ts';
import { Redis } from './redis.ts';

const token = 'a token of the admin, long enough';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(async () => { await browser?.close(); });

let stage: Stage | undefined;
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await stage?.close();
  stage = undefined;
});

async function start(settings = '', env: Record<string, string> = {}): Promise<Stage> {
  stage = await Stage.start(browser, settings, env);
  return stage;
}

/** Waits until the dashboard shows text, and fails with what it shows instead. */
async function shows(page: Page, selector: string, text: string | RegExp): Promise<void> {
  try {
    await page.locator(selector).filter({ hasText: text }).first().waitFor({ timeout: patience });
  } catch {
    throw new Error(`no ${selector} with ${text}; it says:\n${await page.locator(selector).allInnerTexts()}\n${await page.locator('body').innerText()}`);
  }
}

const live = (page: Page) => shows(page, '#status', /^Live$/);

/** Signs in with a token. */
async function signIn(page: Page, value: string): Promise<void> {
  await page.getByLabel('Admin token').fill(value);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describe('what it shows', () => {
  test('a connection, a refusal with weakness and rule, and a session that it revokes', async () => {
    const { guard, pages } = await start();
    const dashboard = await stage!.dashboard();
    await live(dashboard);
    await shows(dashboard, '#connections .empty', 'Nobody is connected. Clients show up here as they open /ws.');
    await shows(dashboard, '#refusals .empty', 'Nothing has been refused since');

    const alice = await stage!.connect('s1');
    const bob = await stage!.connect('s2');
    await shows(dashboard, '#connections li', /alice\s*1 connection, 1 session on \/ws/);
    await shows(dashboard, '[data-tile=connections] .value', '2');

    await stage!.attack(`http://evil.localhost:${pages.port}`);
    await shows(dashboard, '#refusals li[data-weakness=WS101]', `Origin "http://evil.localhost:${pages.port}" is not in origins`);
    await dashboard.locator('#refusals li[data-weakness=WS101] summary').click();
    await shows(dashboard, '#refusals li dl', /Rule\s*origin\.foreign/);
    await shows(dashboard, '#refusals li dl', /Answer\s*answered 403/);
    await shows(dashboard, '.legend', 'WS101');

    await dashboard.getByRole('button', { name: 'alice', exact: true }).click();
    await shows(dashboard, '#connections li', 'from 127.0.0.1');
    const clicked = await dashboard.evaluate(() => new Promise<void>((ready) => {
      // When the row is no longer there, by the page's own clock.
      const list = document.querySelector('#connections .rows')!;
      new MutationObserver(() => { if (list.childElementCount === 0) window.gone = Date.now(); }).observe(list, { childList: true });
      ready();
    })).then(async () => {
      await dashboard.getByRole('button', { name: /^Revoke session [0-9a-f]{8} of alice$/ }).click();
      await shows(dashboard, 'dialog', /Revoke session [0-9a-f]{8} of alice\?/);
      const at = dashboard.evaluate(() => new Promise<number>((done) => document.addEventListener('click', () => done(Date.now()), { capture: true, once: true })));
      await dashboard.getByRole('dialog').getByRole('button', { name: 'Revoke session' }).click();
      return at;
    });
    await alice.waitForFunction(() => window.record.closed !== undefined);
    await dashboard.waitForFunction(() => window.gone > 0);
    const { closed } = await alice.evaluate(() => window.record);
    expect(closed).toMatchObject({ code: 4001, reason: expect.stringMatching(/^session\.revoked;r=no/) });
    expect(closed!.at - clicked).toBeLessThan(1000);
    expect((await dashboard.evaluate(() => window.gone)) - clicked).toBeLessThan(1000);
    await shows(dashboard, '.toast', 'is revoked.');
    await shows(dashboard, '[data-tile=revocation] .value', /\d ms/);
    expect(await bob.evaluate(() => window.record.closed)).toBeUndefined();

    // The session's name alone may open an account: the page never had it.
    expect(await dashboard.content()).not.toContain('sid-1');
    await guard.untilAudit('note the revocation', (line) => line['event.action'] === 'revocation');
  });

  test('closing one connection, and no closing where the question is answered with no', async () => {
    await start();
    const alice = await stage!.connect();
    const dashboard = await stage!.dashboard();
    await dashboard.getByRole('button', { name: 'One by one' }).click();
    const close = dashboard.getByRole('button', { name: /^Close connection [0-9a-f]+ of alice$/ });
    await close.click();
    // The answer that ends nothing has the focus, and Escape is one.
    await dashboard.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
    await dashboard.keyboard.press('Escape');
    await dashboard.locator('dialog').waitFor({ state: 'detached' });
    expect(await alice.evaluate(() => window.record.closed)).toBeUndefined();
    await close.focus();
    await dashboard.keyboard.press('Enter');
    await dashboard.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
    await dashboard.keyboard.press('Tab');
    await dashboard.keyboard.press('Enter');
    await alice.waitForFunction(() => window.record.closed !== undefined);
    expect(await alice.evaluate(() => window.record.closed!.code)).toBe(4003);
    await shows(dashboard, '.toast', 'The connection is closed.');
    await shows(dashboard, '#connections .empty', 'Nobody is connected.');
  });

  test('names of clients as text and nothing else', async () => {
    await start();
    await stage!.connect('evil');
    const dashboard = await stage!.dashboard({ viewport: { width: 375, height: 800 } });
    await shows(dashboard, '#connections li', '<img src=x onerror=');
    await shows(dashboard, '#connections li', '[redacted]'); // what looks like a credential
    await dashboard.getByRole('button', { name: 'One by one' }).click();
    await shows(dashboard, '#connections li[data-connection]', '<img src=x onerror=');
    expect(await dashboard.locator('#content img').count()).toBe(0);
    expect(await dashboard.title()).toBe('wswarden');
    expect(await dashboard.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
    // The name that the page shows is not the name, and the button still ends whom it means.
    await dashboard.getByRole('button', { name: /^Revoke user <img/ }).click();
    await dashboard.getByRole('dialog').getByRole('button', { name: 'Revoke user' }).click();
    await shows(dashboard, '#connections .empty', 'Nobody is connected.');
  });

  test('traffic as plots and as a table, and the settings in force', async () => {
    const { guard } = await start('admin_token_env: ADMIN', { ADMIN: token });
    await stage!.connect();
    const dashboard = await stage!.dashboard();
    await signIn(dashboard, token);
    await live(dashboard);
    await dashboard.getByText('These figures as a table').click();
    await shows(dashboard, '#routes tbody tr', /^\d\d:\d\d111/);
    await dashboard.waitForFunction(() => [...document.querySelectorAll<HTMLCanvasElement>('.canvas canvas')].filter((canvas) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return data.some((n) => n > 0);
    }).length === 3);
    await shows(dashboard, '#configuration tr', /admin_token_env\s*set from \$ADMIN/);
    expect(await dashboard.content()).not.toContain(token);
    await dashboard.getByLabel('Search settings').fill('recheck');
    await shows(dashboard, '#configuration tbody', /session\.recheck/);
    expect(await dashboard.locator('#configuration tbody').innerText()).not.toContain('admin_token_env');
    expect(guard.log).not.toContain(token);
  });
});

describe('the token', () => {
  test('is asked for, refused, taken, and kept nowhere but in memory', async () => {
    await start('admin_token_env: ADMIN', { ADMIN: token });
    const dashboard = await stage!.dashboard();
    await dashboard.getByLabel('Admin token').waitFor();
    expect(await dashboard.locator('#content').isHidden()).toBe(true);
    await signIn(dashboard, 'another one');
    await shows(dashboard, '#signin [role=alert]', 'The guard refused this token.');
    await signIn(dashboard, token);
    await live(dashboard);
    expect(await dashboard.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length])).toEqual(['', 0, 0]);
    await dashboard.reload();
    await dashboard.getByLabel('Admin token').waitFor();
    await dashboard.getByLabel('Keep it until this tab is closed').check();
    await signIn(dashboard, token);
    await live(dashboard);
    await dashboard.reload();
    await live(dashboard);
    expect(await dashboard.context().cookies()).toEqual([]);
  });

  test('ends nothing without it', async () => {
    const { guard } = await start('admin_token_env: ADMIN', { ADMIN: token });
    const alice = await stage!.connect();
    const dashboard = await stage!.dashboard();
    const answers = await dashboard.evaluate(async () => {
      const ask = (method: string, path: string, body?: string) => fetch(path, { method, ...(body ? { body } : {}) }).then((r) => r.status);
      return [await ask('POST', '/revocations', '{"all":true}'), await ask('DELETE', '/connections/x'), await ask('GET', '/connections'), await ask('GET', '/configuration'), await ask('POST', '/live/ticket', '{}')];
    });
    expect(answers).toEqual([401, 401, 401, 401, 401]);
    expect(await alice.evaluate(() => window.record.closed)).toBeUndefined();
    await guard.untilAudit('note who came without', (line) => line['wswarden.rule'] === 'admin.token');
  });

  test('is of no use to pages of other sites', async () => {
    const { guard, pages } = await start();
    pages.pages.set('/attack', { type: 'text/html', body: '<!doctype html><title>attack</title>' });
    const attack = await (await browser.newContext()).newPage();
    await attack.goto(`${pages.origin('localhost')}/attack`);
    const tried = await attack.evaluate(async (admin) => {
      const ask = (path: string, init: RequestInit) => fetch(admin + path, init).then((r) => `${r.type} ${r.status}`, () => 'failed');
      const socket = await new Promise((done) => {
        const s = new WebSocket(admin.replace('http', 'ws') + '/live');
        s.onopen = () => done('open');
        s.onclose = (e) => done(e.code);
      });
      return [await ask('/live/ticket', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }), await ask('/connections', {}), await ask('/', { headers: { Accept: 'text/html' } }), socket];
    }, guard.admin);
    expect(tried).toEqual(['failed', 'failed', 'failed', 1006]);
    await guard.untilAudit('refuse the page', (line) => line['wswarden.rule'] === 'admin.origin');
  });
});

describe('when the guard goes', () => {
  test('the page says since when, greys what it knows, and comes back', async () => {
    const { guard } = await start();
    const alice = await stage!.connect();
    const dashboard = await stage!.dashboard();
    await shows(dashboard, '#connections li', 'alice');
    await guard.stop();
    await shows(dashboard, '#lost', /Disconnected since \d\d:\d\d:\d\d: .+Try now/s);
    await shows(dashboard, '#status', /^Disconnected$/);
    expect(await dashboard.locator('#content').evaluate((e) => getComputedStyle(e).filter)).toBe('grayscale(1)');
    // What it knows stays to be read, not to be acted on.
    await shows(dashboard, '#connections li', 'alice');
    expect(await dashboard.getByRole('button', { name: 'Revoke' }).count()).toBe(0);
    await alice.context().close();
    await guard.restart();
    await dashboard.getByRole('button', { name: 'Try now' }).click().catch(() => {}); // it may be there already
    await live(dashboard);
    await shows(dashboard, '#connections .empty', 'Nobody is connected.');
    await dashboard.locator('#lost').waitFor({ state: 'detached' });
  });

  test('the page says that it drains', async () => {
    const { guard } = await start('drain: {spread: 20s, deadline: 25s}');
    for (const session of ['s1', 's2', 's1']) await stage!.connect(session);
    const dashboard = await stage!.dashboard();
    await shows(dashboard, '#connections li', 'alice');
    await guard.drain();
    await shows(dashboard, '#matter', 'The guard is draining');
    await shows(dashboard, '#status', /^Live$/);
  });

  test('the page says that Redis is lost, and that it is back', async () => {
    const redis = await Redis.start();
    try {
      await start(`store: ${redis.url}`);
      const dashboard = await stage!.dashboard();
      await shows(dashboard, '[data-tile=store] .value', 'Redis answers');
      await redis.close();
      await shows(dashboard, '[data-tile=store] .value', 'Redis lost');
      await shows(dashboard, '#matter', 'The shared store does not answer');
      await redis.restart();
      await shows(dashboard, '[data-tile=store] .value', 'Redis answers');
      await shows(dashboard, '[data-tile=store] .remark', 'lost 1 time');
      await dashboard.locator('#matter').waitFor({ state: 'detached' });
    } finally {
      await redis.close();
    }
  });

  test('the page comes back by itself, with the view that it had', async () => {
    const { guard } = await start();
    const dashboard = await stage!.dashboard();
    await live(dashboard);
    await dashboard.getByRole('button', { name: 'One by one' }).click();
    await dashboard.getByLabel('Search connections').fill('bob');
    await shows(dashboard, '#connections .empty', 'No connection is like this.');
    await guard.stop();
    await shows(dashboard, '#lost', 'Disconnected since');
    await guard.restart();
    await live(dashboard);
    await stage!.connect('s1');
    await stage!.connect('s2');
    await shows(dashboard, '#connections li[data-connection]', 'bob');
    await shows(dashboard, '#connections .range', /^1 connection$/);
  });
});

describe('for everybody', () => {
  test('no violation of its policy, and no request to anywhere else', async () => {
    const { guard, pages } = await start();
    await stage!.connect();
    const dashboard = await stage!.dashboard();
    const foreign: string[] = [];
    dashboard.on('request', (r) => { if (!r.url().startsWith(`${guard.admin}/`)) foreign.push(r.url()); });
    dashboard.on('websocket', (s) => { if (s.url() !== `${guard.admin.replace('http', 'ws')}/live`) foreign.push(s.url()); });
    const errors: string[] = [];
    dashboard.on('pageerror', (e) => errors.push(e.message));
    await dashboard.reload();
    await stage!.attack(`http://evil.localhost:${pages.port}`);
    await shows(dashboard, '.legend', 'WS101');
    await dashboard.getByText('These figures as a table').click();
    await dashboard.locator('#refusals summary').first().click();
    await dashboard.getByRole('button', { name: 'One by one' }).click();
    await dashboard.getByRole('button', { name: 'Revoke session' }).click();
    await dashboard.getByRole('dialog').getByRole('button', { name: 'Revoke session' }).click();
    await shows(dashboard, '.toast', 'is revoked.');
    expect({ violations: await dashboard.evaluate(() => window.violations), foreign, errors }).toEqual({ violations: [], foreign: [], errors: [] });
    // What it may not do, it can't.
    const blocked = await dashboard.evaluate(() => {
      try {
        document.body.insertAdjacentHTML('beforeend', '<b>x</b>');
        return false;
      } catch {
        return true;
      }
    });
    expect(blocked).toBe(true);
  });

  test.each([['light', 1280], ['dark', 1280], ['light', 375], ['dark', 375]] as const)('axe finds nothing and nothing overflows: %s, %i px', async (colorScheme, width) => {
    const { pages } = await start('admin_token_env: ADMIN', { ADMIN: token });
    await stage!.connect();
    const dashboard = await stage!.dashboard({ colorScheme, viewport: { width, height: 800 } });
    await dashboard.getByLabel('Admin token').waitFor();
    await dashboard.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const judge = async () => {
      const { violations } = await dashboard.evaluate(() => window.axe.run());
      expect(violations.map((v) => [v.id, ...v.nodes.map((n) => n.html)])).toEqual([]);
      expect(await dashboard.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    };
    await judge();
    await signIn(dashboard, 'wrong');
    await shows(dashboard, '#signin [role=alert]', 'refused');
    await judge();
    await signIn(dashboard, token);
    await live(dashboard);
    await stage!.attack(`http://evil.localhost:${pages.port}`);
    await shows(dashboard, '.legend', 'WS101');
    await dashboard.getByText('These figures as a table').click();
    await dashboard.locator('#refusals summary').first().click();
    await judge();
    await dashboard.getByRole('button', { name: 'One by one' }).click();
    await dashboard.getByRole('button', { name: /^Close connection/ }).click();
    await dashboard.locator('dialog').waitFor();
    await judge();
    await dashboard.keyboard.press('Escape');
    await stage!.guard.stop();
    await shows(dashboard, '#lost', 'Disconnected since');
    await judge();
  });
});
