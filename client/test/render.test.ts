import { describe, expect, test } from 'vitest';
import { renderText, safeUrl } from '../src/index.js';

describe('renderText', () => {
  const shown = (value: unknown, nodeName = 'P') => {
    const node = { nodeName, textContent: 'before' } as unknown as Node;
    renderText(node, value);
    return node.textContent;
  };
  test.each<[unknown, string]>([
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    [12.5, '12.5'],
    [0, '0'],
    [false, 'false'],
    [null, ''],
    [undefined, ''],
    [{ toString: 1, valueOf: 2 }, '{"toString":1,"valueOf":2}'], // String throws for it
    [['a', 1], '["a",1]'],
  ])('shows %j as %j', (value, want) => expect(shown(value)).toBe(want));

  test.each(['SCRIPT', 'style', 'STYLE'])('throws for %s, whose text is code', (name) => {
    expect(() => shown('x', name)).toThrow(TypeError);
  });
});

describe('safeUrl', () => {
  test.each<[unknown, string[] | undefined, string | undefined]>([
    ['https://example.com/a?b#c', undefined, 'https://example.com/a?b#c'],
    ['HTTPS://Example.com', undefined, 'https://example.com/'],
    ['http://example.com/', undefined, undefined],
    ['http://example.com/', ['https', 'http'], 'http://example.com/'],
    ['mailto:a@example.com', ['mailto'], 'mailto:a@example.com'],
    ['javascript:alert(1)', undefined, undefined],
    ['javascript:alert(1)', ['javascript'], undefined],
    [' java\nscript:alert(1)', ['https', 'javascript'], undefined],
    ['JaVaScRiPt://example.com/%0aalert(1)', undefined, undefined],
    ['data:text/html,<script>alert(1)</script>', ['data'], undefined],
    ['vbscript:x', ['vbscript'], undefined],
    ['https://bank.example@evil.example/', undefined, undefined],
    ['//evil.example/', undefined, undefined],
    ['/relative', undefined, undefined],
    ['', undefined, undefined],
    [null, undefined, undefined],
    [{ toString: () => 'https://example.com/' }, undefined, undefined],
  ])('%j with %j', (value, schemes, want) => expect(safeUrl(value, schemes)).toBe(want));
});
