import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { launch } from './chromium.ts';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(async () => { await browser?.close(); });

test('a page runs', async () => {
  const page = await browser.newPage();
  await page.setContent('<p id=a></p><script>a.textContent = 1 + 1</script>');
  expect(await page.textContent('#a')).toBe('2');
});
