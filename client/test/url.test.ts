import { describe, expect, test } from 'vitest';
import { ticketUrl } from '../src/ticket.js';
import { resolve, resolveSocket } from '../src/url.js';

describe('the address of a socket', () => {
  test.each([
    ['wss://api.example.com/ws', 'wss://api.example.com/ws'],
    ['https://api.example.com/ws?v=1#part', 'wss://api.example.com/ws?v=1'],
    ['ws://localhost:8080/ws', 'ws://localhost:8080/ws'],
    ['http://demo.localhost:8080/ws', 'ws://demo.localhost:8080/ws'],
    ['ws://127.0.0.1:8080/ws', 'ws://127.0.0.1:8080/ws'],
    ['ws://[::1]/ws', 'ws://[::1]/ws'],
  ])('%s', (url, want) => expect(resolveSocket(url).href).toBe(want));

  test.each(['ws://api.example.com/ws', 'http://api.example.com/ws', 'ws://localhost.example.com/', 'ws://127.0.0.1.example.com/', 'ftp://localhost/', '/relative'])('%s is refused', (url) => {
    expect(() => resolveSocket(url)).toThrow(TypeError);
  });

  test('plaintext passes where it is asked for', () => {
    expect(resolveSocket('ws://10.0.0.5/ws', true).href).toBe('ws://10.0.0.5/ws');
    expect(resolve('http://10.0.0.5/ticket', true).href).toBe('http://10.0.0.5/ticket');
    expect(() => resolve('http://10.0.0.5/ticket')).toThrow('http://10.0.0.5 is not encrypted');
  });
});

test.each([
  ['wss://api.example.com/ws', 'https://api.example.com/ws/ticket'],
  ['ws://127.0.0.1:8080/ws?v=1', 'http://127.0.0.1:8080/ws/ticket'],
])('the guard mints for %s at %s', (url, want) => expect(ticketUrl(new URL(url)).href).toBe(want));
