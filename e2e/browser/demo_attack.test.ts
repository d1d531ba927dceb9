// What the demo claims of its attacks, held to what really happens.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launch } from './chromium.ts';
import { Demo, type DemoPage } from './demo.ts';

let browser: Browser;
let demo: Demo;
let context: BrowserContext;
beforeAll(async () => {
  browser = await launch();
  demo = await Demo.start();
});
afterAll(async () => {
  await browser?.close();
  expect(await demo?.close(), 'exit code after Ctrl-C').toBe(0);
});
beforeEach(async () => { context = await browser.newContext(); });
afterEach(async () => { await context.close(); });

/** Opens a socket from a page, without a line of the demo's own code. */
function knock(page: Page, socket: string, message: object | null): Promise<{ code: number | null; first: string[] }> {
  return page.evaluate(([url, text]) => new Promise<{ code: number | null; first: string[] }>((resolve) => {
    const first: string[] = [];
    const ws = new WebSocket(url as string);
    ws.onmessage = (event) => {
      first.push(String(event.data));
      if (text && first.length === 1) ws.send(text);
      if (!text || first.length === 2) {
        ws.onclose = null;
        ws.close();
        resolve({ code: null, first });
      }
    };
    ws.onclose = (event) => resolve({ code: event.code, first });
  }), [socket, message && JSON.stringify(message)]);
}

test('a page of another origin hijacks the unguarded socket, and not the guarded one', async () => {
  await demo.open(context); // signs alice in
  const evil = await context.newPage();
  await evil.goto(demo.places.attacker);
  const hijacked = await knock(evil, demo.places.unguarded.socket, { type: 'get_profile' });
  expect(hijacked.code).toBeNull();
  expect(hijacked.first[0]).toContain('"user":"alice"');
  expect(hijacked.first[1]).toContain('alice@trading.example');
  expect(await knock(evil, demo.places.guarded.socket, null)).toEqual({ code: 1006, first: [] });
});

test('without a cookie, from another site, the unguarded platform still serves', async () => {
  await demo.open(context);
  const evil = await context.newPage();
  await evil.goto(demo.places.foreign);
  const { first } = await knock(evil, demo.places.unguarded.socket, null);
  expect(first[0]).toContain('"user":null'); // the cookie is SameSite=Lax
  expect(await knock(evil, demo.places.guarded.socket, null)).toEqual({ code: 1006, first: [] });
});

describe('every button', () => {
  const stopped = 'stopped by the guard';
  const nothing = 'stopped; nothing to exploit unguarded';
  const works = 'The attack works';
  test.each([
    { id: 'hijack', state: stopped, unguarded: `${works} Connected as alice.`, guarded: 'Stopped No connection', reason: 'origins' },
    { id: 'read', state: stopped, unguarded: `${works} Has Alice Archer’s mail address, balance and tax number.`, guarded: 'Stopped No connection', reason: 'origins' },
    { id: 'trade', state: stopped, unguarded: `${works} Alice has bought 3 AAPL`, guarded: 'Stopped No connection', reason: 'origins' },
    { id: 'xss', state: stopped, unguarded: `${works} The script runs in the page of alice.`, guarded: 'Stopped It reaches everybody as text; no script ran.', reason: 'messages.client.chat.clean' },
    { id: 'order', state: stopped, unguarded: `${works} Alice pays`, guarded: 'Stopped Mallory pays himself.', reason: 'messages.client.place_order.set' },
    { id: 'profile', state: stopped, unguarded: `${works} Has the profile of Alice Archer`, guarded: 'Stopped Refused: denied.', reason: 'messages.client.get_profile.allow' },
    { id: 'channel', state: stopped, unguarded: `${works} Sees that alice buys 2 MSFT`, guarded: 'Stopped Refused: denied.', reason: 'messages.client.subscribe.allow' },
    { id: 'speak', state: stopped, unguarded: `${works} Everybody reads it as the admin’s.`, guarded: 'Stopped Everybody reads it as mallory’s.', reason: 'messages.client.chat.set' },
    { id: 'role', state: nothing, unguarded: 'Nothing to exploit The platform answers “unknown type”.', guarded: 'Stopped Refused: schema.', reason: 'messages.unknown' },
    { id: 'revoked', state: stopped, unguarded: `${works} Still served`, guarded: 'Stopped Closed 4001 session.revoked.', reason: 'session.recheck' },
    { id: 'replay', state: stopped, unguarded: `${works} Served again as mallory.`, guarded: 'Stopped No connection', reason: 'auth.ticket' },
    { id: 'url', state: stopped, unguarded: `${works} Served as mallory`, guarded: 'Stopped No connection', reason: 'query.credential' },
    { id: 'flood', state: stopped, unguarded: `${works} All 500 are answered.`, guarded: 'Stopped Closed 4029 rate.', reason: 'limits.messages' },
    { id: 'oversized', state: stopped, unguarded: `${works} Taken, and answered whole.`, guarded: 'Stopped Closed 1009 too-big.', reason: 'limits.message_bytes' },
    { id: 'lookalike', state: stopped, unguarded: `${works} 4 of 4`, guarded: 'Stopped 0 of 4', reason: 'origin.lookalike' },
    { id: 'rebind', state: stopped, unguarded: `${works} 1 of 1`, guarded: 'Stopped 0 of 1', reason: 'host.foreign' },
    { id: 'pings', state: stopped, unguarded: `${works} 1 of 1`, guarded: 'Stopped 0 of 1', reason: 'limits.control_frames' },
    { id: 'fragments', state: stopped, unguarded: `${works} 1 of 1`, guarded: 'Stopped 0 of 1', reason: 'limits.fragments' },
    { id: 'frames', state: nothing, unguarded: 'Nothing to exploit 0 of 4', guarded: 'Stopped 0 of 4', reason: 'The guard always does this' },
  ])('$id', async ({ id, ...want }) => {
    const shown = await demo.open(context);
    const got = await shown.attack(id);
    expect(got.state).toBe(want.state);
    expect(got.unguarded.replaceAll(/\s+/g, ' ')).toContain(want.unguarded);
    expect(got.guarded.replaceAll(/\s+/g, ' ')).toContain(want.guarded);
    expect(got.reason).toContain(want.reason);
    expect(await shown.text('#entry')).toContain(await shown.text(`#attack-${id} .id`));
    expect(await shown.page.locator('#questions details').count()).toBeGreaterThan(0);
  });

  test('each has one here', async () => {
    const shown = await demo.open(context);
    const ids = await shown.page.locator('.attack').evaluateAll((all) => all.map((b) => b.id));
    expect(ids.length).toBe(19);
  });
});

test('the script in the chat runs in the unguarded page, and arrives as text in the other', async () => {
  const shown = await demo.open(context);
  await shown.attack('xss');
  expect(await shown.unguarded.evaluate(() => document.body.dataset['owned'])).toBe('alice');
  expect(await shown.unguarded.locator('#owned').isVisible()).toBe(true);
  expect(await shown.guarded.evaluate(() => document.body.dataset['owned'])).toBeUndefined();
  expect(await shown.guarded.locator('#owned').isVisible()).toBe(false);
  expect(await shown.guarded.locator('#chat').innerText()).toContain('<img src=');
  expect(await shown.guarded.locator('#chat img').count()).toBe(0);
});

test('the trade of the attacker is in the list of the victim, on one side', async () => {
  const shown = await demo.open(context);
  await shown.attack('trade');
  await shown.unguarded.locator('#orders li', { hasText: '3 AAPL at 999.00' }).first().waitFor();
  expect(await shown.guarded.locator('#orders').innerText()).not.toContain('999.00');
});

test('the loot is on the attacker’s page', async () => {
  const shown = await demo.open(context);
  await shown.attack('read');
  expect(await shown.attacker.locator('#loot').innerText()).toContain('AA-1001');
});

test('the attacker’s page works in a tab of its own', async () => {
  await demo.open(context);
  const evil = await context.newPage();
  await evil.goto(demo.places.attacker);
  await evil.click('text=Read the account');
  await evil.locator('#log > li').nth(1).waitFor();
  expect(await evil.locator('#log > .worked').innerText()).toContain('unguarded');
  expect(await evil.locator('#log > .failed').innerText()).toContain('behind the guard');
});

test('alice is served on both sides', async () => {
  const shown = await demo.open(context);
  for (const pane of [shown.unguarded, shown.guarded]) {
    await pane.fill('#text', 'good morning');
    await pane.click('#say button');
    await pane.locator('#chat p', { hasText: 'alice good morning' }).waitFor();
    await pane.fill('#quantity', '7');
    await pane.click('#order button');
    await pane.locator('#orders li', { hasText: '7 AAPL' }).first().waitFor();
    const before = await pane.locator('.prices').innerText();
    await pane.waitForFunction((old) => document.querySelector<HTMLElement>('.prices')?.innerText !== old, before);
  }
});

test('the records of attacks show no credential', async () => {
  const shown = await demo.open(context);
  for (const id of ['profile', 'replay', 'url']) {
    await shown.attack(id);
    const records = await shown.page.locator('.record').allTextContents();
    expect(records.join(), id).toContain('new WebSocket(');
    expect(records.join(), id).not.toMatch(/wst1_\w|eyJ/);
    expect(await shown.text('#audit'), id).not.toMatch(/wst1_\w|eyJ/);
  }
});

test('the counter says how many weaknesses the guard closed', async () => {
  const shown = await demo.open(context);
  await shown.attack('profile');
  await shown.attack('role'); // nothing to exploit: not counted
  await shown.attack('oversized');
  expect(await shown.text('#score')).toBe('2');
  expect(await shown.text('#score-of')).toBe('of 2 weaknesses shown closed by the guard');
});

test('what failed for an unknown cause does not count as stopped', async () => {
  await context.route('**/events', (route) => route.abort()); // no audit line arrives
  const shown = await demo.open(context);
  const got = await shown.attack('hijack');
  expect(got.unguarded).toContain('The attack works');
  expect(got.guarded).toContain('Did not work, and nothing says why');
  expect(got.state).toBe('not stopped by the guard');
  expect(await shown.text('#score')).toBe('0');
});

test('an attack that can not run says so', async () => {
  await context.route('**/attacks?*', (route) => route.fulfill({ status: 409, body: 'Attacks are running already. Wait for their end.' }));
  const shown = await demo.open(context);
  expect((await shown.attack('rebind')).state).toBe('could not run');
  expect(await shown.text('#problem')).toBe('Rebind a DNS name could not run: Attacks are running already. Wait for their end.');
});

test('audit lines and the line of the configuration appear', async () => {
  const shown = await demo.open(context);
  await shown.attack('profile');
  expect(await shown.text('#audit')).toContain('message.allow');
  expect(await shown.text('#config .here')).toContain('allow: ');
  const line = await shown.page.locator('#config .here').getAttribute('id');
  expect(await shown.text('#reason')).toContain(`Line ${line?.replace('line-', '')} of its configuration`);
});

test('what cookies do is measured', async () => {
  const shown = await demo.open(context);
  await shown.page.click('#measure');
  await shown.page.locator('#cookie-table').waitFor();
  const rows = await shown.page.locator('#cookie-rows tr').allInnerTexts();
  expect(rows.map((row) => row.split('\t')[1])).toEqual(Array(4).fill('served as alice'));
  for (const row of rows.slice(1)) expect(row.split('\t')[2], row).toBe('served as nobody');
  const session = (await context.cookies(demo.places.unguarded.page)).find((c) => c.name === 'session');
  expect(session?.sameSite, 'afterwards').toBe('Lax');
});

test('the whole table runs', async () => {
  const shown: DemoPage = await demo.open(context);
  await shown.page.click('#table');
  await shown.page.locator('#live', { hasText: /^38 attacks, 38 held by the guard/ }).waitFor({ state: 'attached', timeout: 60_000 });
  expect(await shown.page.locator('#sides tbody tr').count()).toBe(38);
  expect(await shown.page.locator('#sides td:nth-child(3).bad').count()).toBe(0);
}, 90_000);
