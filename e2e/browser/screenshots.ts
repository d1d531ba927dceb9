// Writes the pictures of docs/images, by make screenshots.
// Each page that has pictures adds a function to shots.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launch } from './chromium.ts';
import { Stage } from './dashboard.ts';
import { Demo } from './demo.ts';

const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url));

/** Writes NAME.png of what the window shows. */
async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${folder}${name}.png`, animations: 'disabled', caret: 'hide' });
  console.log(`docs/images/${name}.png`);
}

async function demo(browser: Browser): Promise<void> {
  const running = await Demo.start();
  try {
    for (const [name, options] of [
      ['demo', { viewport: { width: 1280, height: 860 } }],
      ['demo-dark', { viewport: { width: 1280, height: 860 }, colorScheme: 'dark' }],
      ['demo-phone', { viewport: { width: 375, height: 740 }, deviceScaleFactor: 2 }],
    ] as const) {
      const context = await browser.newContext(options);
      const shown = await running.open(context);
      await shown.attack('hijack');
      await shown.attack('xss');
      if (name !== 'demo-phone') await shown.page.evaluate(() => scrollTo(0, 0));
      await shoot(shown.page, name);
      await context.close();
    }
  } finally {
    await running.close();
  }
}

/** What a busy guard looks like, until stop: the plots need something to show. */
async function traffic(stage: Stage, stop: AbortSignal): Promise<void> {
  const messages = { watch: '{"type":"watch","symbol":"ACME"}', chat: '{"type":"chat","text":"good morning"}', bad: '{"type":"chat","text":42}', unknown: '{"type":"admin"}' };
  const users = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
  users.forEach((sub, i) => stage.application.sessions.set(sub, { sub, sid: `sid-${i}` }));
  stage.application.onMessage = (socket, text) => {
    for (let i = 0; i < (text.includes('watch') ? 3 : 1); i++) socket.send('{"type":"price","symbol":"ACME","price":101}');
  };
  const dial = async (user: string) => stage.dial(user, undefined, '', ['wswarden.v1', await stage.mint(user)]);
  const sockets = await Promise.all(users.flatMap((user, i) => Array.from({ length: 1 + (i % 3) }, () => dial(user))));
  for (let turn = 0; !stop.aborted; turn++) {
    for (const [i, socket] of sockets.entries()) {
      if ((turn * 3 + i * i) % (3 + Math.round(2 * Math.sin(turn / 30))) === 0) socket.send((turn + i) % 3 ? messages.watch : messages.chat);
      if ((turn * 7 + i) % 61 === 0) socket.send(messages.bad);
      if ((turn * 5 + i) % 137 === 0) socket.send(messages.unknown);
    }
    if (turn % 240 > 160 && turn % 4 === 0) await stage.dial('alice', 'https://evil.example');
    if (turn % 41 === 0) await stage.dial('alice', `${stage.pages.origin()}.evil.example`);
    if (turn % 53 === 0) await stage.dial('alice', stage.pages.origin(), '?token=abc');
    await new Promise((next) => setTimeout(next, 250));
  }
}

async function dashboard(browser: Browser): Promise<void> {
  const stage = await Stage.start(browser, '', {}, `    limits: {connections_per_ip: 100, messages: 3000/1m, user_messages: 9000/1m}
    messages:
      unknown: reject
      client:
        watch: {schema: {type: object, required: [symbol], properties: {type: {}, symbol: {type: string}}}}
        chat: {schema: {type: object, required: [text], properties: {type: {}, text: {type: string, maxLength: 200}}}}
`);
  const stop = new AbortController();
  const played = traffic(stage, stop.signal);
  try {
    stage.application.sessions.set('mallory', { sub: 'mallory', sid: 'sid-m' });
    await stage.dial('mallory');
    await stage.guard.revoke({ user: 'mallory' });
    await new Promise((enough) => setTimeout(enough, 150_000));
    for (const [name, options] of [
      ['dashboard', { viewport: { width: 1280, height: 900 } }],
      ['dashboard-dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
      ['dashboard-phone', { viewport: { width: 375, height: 740 }, deviceScaleFactor: 2 }],
    ] as const) {
      const page = await stage.dashboard(options);
      await page.locator('.legend').filter({ hasText: 'WS101' }).waitFor();
      if (name === 'dashboard-dark') await page.locator('#connections').evaluate((e) => e.scrollIntoView({ behavior: 'instant' }));
      if (name === 'dashboard-phone') await page.locator('#traffic').evaluate((e) => e.scrollIntoView({ behavior: 'instant' }));
      await shoot(page, name);
      await page.context().close();
    }
  } finally {
    stop.abort();
    await played;
    await stage.close();
  }
}

const shots: Record<string, (browser: Browser) => Promise<void>> = { demo, dashboard };

/** Those that SHOTS names, all where it names none. */
const chosen = (process.env['SHOTS'] ?? '').split(' ').filter(Boolean);

await mkdir(folder, { recursive: true });
const browser = await launch();
try {
  for (const [name, take] of Object.entries(shots)) if (chosen.length === 0 || chosen.includes(name)) await take(browser);
} finally {
  await browser.close();
}
