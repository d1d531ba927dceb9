// The page of the demo as a page: who can use it, and what it asks for.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launch } from './chromium.ts';
import { Demo } from './demo.ts';

let browser: Browser;
let demo: Demo;
let axe: string;
beforeAll(async () => {
  browser = await launch();
  demo = await Demo.start();
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});
afterAll(async () => {
  await browser?.close();
  await demo?.close();
});

async function withContext(options: BrowserContextOptions, work: (context: BrowserContext) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options);
  try {
    await work(context);
  } finally {
    await context.close();
  }
}

const phone = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };

/** Returns what axe finds in a document, without its frames. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<{ passes: unknown[]; violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } };
    const { passes, violations } = await axe.run({ iframes: false });
    if (passes.length < 5) return ['axe has looked at nothing'];
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html} ${n.failureSummary}`));
  });
}

test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
  await withContext({ colorScheme }, async (context) => {
    const shown = await demo.open(context);
    expect(await violations(shown.page), 'before an attack').toEqual([]);
    for (const id of ['hijack', 'xss', 'role', 'lookalike']) {
      await shown.attack(id);
      expect(await violations(shown.page), `after ${id}`).toEqual([]);
    }
    const { page, unguarded, attacker } = demo.places;
    for (const address of [`${page}/weakness.html?id=WS101`, `${unguarded.page}/pane.html`, `${unguarded.page}/insider.html`, attacker]) {
      const other = await context.newPage();
      await other.goto(address);
      await other.waitForLoadState('networkidle');
      expect(await violations(other), address).toEqual([]);
    }
  });
});

test('nothing is wider than a phone', async () => {
  await withContext(phone, async (context) => {
    const shown = await demo.open(context);
    for (const id of ['hijack', 'xss', 'lookalike']) {
      await shown.attack(id);
      for (const frame of [shown.page.mainFrame(), shown.unguarded, shown.guarded, shown.attacker]) {
        const [content, window] = await frame.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        expect(content, `${frame.url()} after ${id}`).toBeLessThanOrEqual(window ?? 0);
      }
    }
    await shown.page.goto(`${demo.places.page}/weakness.html?id=WS101`);
    await shown.page.locator('h1').waitFor();
    expect(await shown.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  });
});

test('no request leaves loopback, and no policy is broken', async () => {
  await withContext({}, async (context) => {
    const asked = new Set<string>();
    const broken: string[] = [];
    context.on('request', (request) => {
      if (!request.url().startsWith('data:')) asked.add(new URL(request.url()).hostname);
    });
    context.on('page', (page) => page.on('websocket', (socket) => asked.add(new URL(socket.url()).hostname)));
    await context.exposeBinding('policyBroken', (_, what: string) => { broken.push(what); });
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        (window as unknown as { policyBroken(what: string): void }).policyBroken(`${location.href}: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    const shown = await demo.open(context);
    await shown.page.click('#all');
    await shown.page.locator('#live', { hasText: /^All 19 attacks are done/ }).waitFor({ state: 'attached', timeout: 60_000 });
    await shown.page.click('#measure');
    await shown.page.locator('#cookie-table').waitFor();
    expect(broken).toEqual([]);
    const ours = /^(localhost|127\.0\.0\.1|(\w+\.)?wswarden\.localhost)$/;
    expect([...asked].filter((host) => !ours.test(host))).toEqual([]);
    expect(asked.size).toBeGreaterThan(3);
  });
}, 90_000);

test('the keyboard alone runs an attack', async () => {
  await withContext({}, async (context) => {
    const { page } = await demo.open(context);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the demo');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('first');
    const outline = await page.evaluate(() => document.activeElement && getComputedStyle(document.activeElement).outlineStyle);
    expect(outline, 'focus is visible').toBe('solid');
    await page.keyboard.press('Enter');
    await page.locator('#attack-hijack[data-state=held]').waitFor();
    expect(await page.innerText('#live'), 'what a screen reader hears').toContain('Unguarded: connected as alice. Behind the guard: no connection');
    await page.focus('#attack-profile');
    await page.keyboard.press('Space');
    await page.locator('#attack-profile[data-state=held]').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id), 'focus stays').toBe('attack-profile');
  });
});

test('motion is reduced for who asks for it', async () => {
  await withContext({ reducedMotion: 'reduce' }, async (context) => {
    const { page } = await demo.open(context);
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior)).toBe('auto');
  });
});

test('the guide’s questions are answered beside the attacks', async () => {
  await withContext({}, async (context) => {
    const shown = await demo.open(context);
    for (const [id, question] of [
      ['hijack', 'Why does the Sec-WebSocket-Key header NOT provide security against cross-site attacks?'],
      ['hijack', 'Which of these is the MOST important single defense for a WebSocket endpoint?'],
      ['order', 'In the trading platform above, which vulnerability has the highest business impact?'],
      ['lookalike', 'An application validates the WebSocket Origin header using: origin.includes(\'myapp.com\'). Which origin would bypass this check?'],
      ['xss', 'Where should sanitization happen?'],
      ['revoked', 'A user changes their password on a banking app. What happens to their existing WebSocket connections'],
      ['revoked', 'What makes WebSocket security fundamentally different from traditional HTTP security?'],
    ] as const) {
      await shown.attack(id);
      const asked = shown.page.locator('#questions details', { hasText: question });
      await asked.locator('summary').click();
      expect((await asked.locator('p').first().innerText()).length, question).toBeGreaterThan(80);
    }
  });
});

test('a browser that does not know the names is told what to do', async () => {
  await withContext({}, async (context) => {
    await context.route('**/alive', (route) => route.abort());
    const page = await context.newPage();
    await page.goto(demo.address);
    await page.locator('#failed').waitFor();
    expect(await page.innerText('#failed')).toContain('wswarden.localhost');
    expect(await violations(page)).toEqual([]);
  });
});

test('an entry that is not there says so', async () => {
  await withContext({}, async (context) => {
    const page = await context.newPage();
    await page.goto(`${demo.places.page}/weakness.html?id=WS000`);
    await page.locator('h1', { hasText: 'No such entry' }).waitFor();
  });
});
