// What npm run build made.
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const file = new URL('../dist/index.js', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

function built(): string {
  if (!existsSync(file)) throw new Error('dist/index.js is missing: npm run build makes it');
  return readFileSync(file, 'utf8');
}

test('it is less than 5 KB, compressed', () => {
  expect(gzipSync(built()).length).toBeLessThan(5000);
});

test('it stands alone', async () => {
  expect(manifest.dependencies).toBeUndefined();
  expect(built()).not.toMatch(/\bimport\b|\brequire\b/);
  const exports = await import(file.href);
  expect(Object.keys(exports).sort()).toEqual(['TicketError', 'WardenError', 'WardenSocket', 'renderText', 'safeUrl']);
  expect(existsSync(new URL('../dist/index.d.ts', import.meta.url))).toBe(true);
});

test('it writes no markup and evaluates nothing', () => {
  expect(built()).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/);
});
