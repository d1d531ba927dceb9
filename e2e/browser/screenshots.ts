// Writes the pictures of docs/images, by make screenshots.
// Each page that has pictures adds a function to shots.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launch } from './chromium.ts';
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

const shots = [demo];

await mkdir(folder, { recursive: true });
const browser = await launch();
try {
  for (const take of shots) await take(browser);
} finally {
  await browser.close();
}
