// README.md says what is so.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(folder, 'README.md'), 'utf8');

test('its examples compile', () => {
  const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);
  expect(examples.length).toBeGreaterThan(6);
  const at = mkdtempSync(join(folder, 'test', 'readme-')); // below the packages that the examples import
  try {
    examples.forEach((text, i) => writeFileSync(join(at, `example${i}.ts`), text));
    copyFileSync(join(folder, 'test', 'readme.d.ts'), join(at, 'application.d.ts'));
    writeFileSync(join(at, 'tsconfig.json'), JSON.stringify({ extends: '../tsconfig.json', include: ['.'] }));
    const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc');
    expect(compile(compiler, at)).toBe('');
  } finally {
    rmSync(at, { recursive: true });
  }
});

function compile(compiler: string, at: string): string {
  try {
    return execFileSync(process.execPath, [compiler, '-p', at], { encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

test('the tests that it names exist', () => {
  const rows = readme.split('## The guide')[1]!.split('\n').filter((line) => line.startsWith('| ')).slice(1);
  expect(rows).toHaveLength(9);
  for (const row of rows) {
    const named = [...row.matchAll(/`([^`]+\.test\.ts)`: (.*?)(?=; `| \|$)/g)];
    expect(named, row).not.toHaveLength(0);
    for (const [, file, name] of named) expect(readFileSync(join(folder, file!), 'utf8'), `${file}: ${name}`).toContain(name);
  }
});

test('its numbers are those of the source', () => {
  const source = ['options', 'queue'].map((name) => readFileSync(join(folder, 'src', `${name}.ts`), 'utf8')).join();
  for (const number of ['Default 32,', 'Default 262144', 'Default 30000']) expect(source).toContain(number);
  expect(readme).toContain('at most 32, 262144 characters, and 30 s');
});
