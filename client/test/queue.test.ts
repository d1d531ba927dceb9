import { describe, expect, test } from 'vitest';
import { Queue, type QueueLimits } from '../src/queue.js';

function filled(limits: QueueLimits, ...texts: string[]) {
  const dropped: [unknown, string][] = [];
  const queue = new Queue(limits, (message, why) => dropped.push([message, why]));
  texts.forEach((text, i) => queue.add(text, text, i * 10));
  return { queue, dropped };
}

describe('a queue', () => {
  test('keeps the order, and is empty after it', () => {
    const { queue, dropped } = filled({}, 'a', 'b', 'c');
    const sent: string[] = [];
    queue.flush(50, (text) => sent.push(text));
    queue.flush(50, (text) => sent.push(text));
    expect(sent).toEqual(['a', 'b', 'c']);
    expect(dropped).toEqual([]);
    expect(queue.due).toBe(Infinity);
  });

  test.each<[string, QueueLimits, string[]]>([
    ['messages', { messages: 2 }, ['a', 'b']],
    ['characters', { characters: 10 }, ['aaaaa', 'bbbbb']],
    ['nothing', { messages: 0 }, []],
  ])('refuses what is beyond its limit of %s, and keeps what it has', (_, limits, texts) => {
    const { queue, dropped } = filled(limits, ...texts);
    expect(() => queue.add('x', 'x', 30)).toThrow(expect.objectContaining({ kind: 'queue-full' }));
    expect(dropped).toEqual([]);
    const sent: string[] = [];
    queue.flush(30, (text) => sent.push(text));
    expect(sent).toEqual(texts);
    if (texts.length > 0) expect(() => queue.add('x', 'x', 40)).not.toThrow();
  });

  test('gives up what is too old, and makes place by it', () => {
    const { queue, dropped } = filled({ messages: 2, maxAge: 100 }, 'a', 'b'); // at 0 and 10
    expect(queue.due).toBe(100);
    queue.expire(99);
    expect(dropped).toEqual([]);
    queue.add('c', 'c', 105);
    expect(dropped).toEqual([['a', 'expired']]);
    const sent: string[] = [];
    queue.flush(110, (text) => sent.push(text));
    expect(dropped).toEqual([['a', 'expired'], ['b', 'expired']]);
    expect(sent).toEqual(['c']);
  });

  test('tells of everything that it gives up', () => {
    const { queue, dropped } = filled({}, 'a', 'b');
    queue.clear('signed-out');
    expect(dropped).toEqual([['a', 'signed-out'], ['b', 'signed-out']]);
    expect(queue.due).toBe(Infinity);
  });
});
