import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { fetchTicket, readRetryAfter, TicketError } from '../src/ticket.js';

let server: Server;
let answer: (req: IncomingMessage, res: ServerResponse, body: string) => void;
let base: URL;

beforeAll(async () => {
  server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    answer(req, res, body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`);
});
afterAll(() => server.close());

function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  answer = (_, res) => res.writeHead(status, headers).end(JSON.stringify(body));
}

const never = new AbortController().signal;

test('the request is a POST of JSON with the headers of the callbacks', async () => {
  let seen: unknown;
  answer = (req, res, body) => {
    const { 'content-type': type, 'x-csrf': csrf, authorization } = req.headers;
    seen = [req.method, req.url, type, csrf, authorization, body];
    res.end('{"ticket":"wst1_x"}');
  };
  const endpoint = { csrf: async () => 'token', csrfHeader: 'X-CSRF', headers: () => ({ Authorization: 'Bearer b' }) };
  expect(await fetchTicket(base, endpoint, never)).toBe('wst1_x');
  expect(seen).toEqual(['POST', '/ws/ticket', 'application/json', 'token', 'Bearer b', '{}']);
});

test('cookies go to the own origin alone, unless the application says otherwise', async () => {
  const asked: RequestInit[] = [];
  const spy = (async (_: unknown, init: RequestInit) => {
    asked.push(init);
    return new Response('{"ticket":"wst1_x"}');
  }) as typeof fetch;
  await fetchTicket(base, { fetch: spy }, never);
  await fetchTicket(base, { fetch: spy, credentials: 'include' }, never);
  expect(asked.map((init) => init.credentials)).toEqual(['same-origin', 'include']);
});

describe('what is no ticket', () => {
  const refused = (want: Partial<TicketError>) => expect(fetchTicket(base, {}, never)).rejects.toEqual(expect.objectContaining({ name: 'TicketError', ...want }));

  test('401 in the words of the guard', async () => {
    json(401, { type: 'urn:wswarden:problem:sign_in_required', status: 401, code: 'sign_in_required', id: '0a1b' });
    await refused({ status: 401, code: 'sign_in_required', event: '0a1b', retryAfter: undefined });
  });
  test('429 with Retry-After', async () => {
    json(429, { code: 'too_many_requests' }, { 'Retry-After': '7' });
    await refused({ status: 429, retryAfter: 7000, code: 'too_many_requests' });
  });
  test('503 without a body', async () => {
    answer = (_, res) => res.writeHead(503).end();
    await refused({ status: 503, code: undefined });
  });
  test.each([[[]], [null], [{ code: 7, id: {} }], ['text']])('a refusal with the body %j', async (body) => {
    json(500, body);
    await refused({ status: 500, code: undefined, event: undefined });
  });
  test('a redirect, which is not followed', async () => {
    let asked = 0;
    answer = (_, res) => {
      asked++;
      res.writeHead(302, { Location: '/login' }).end();
    };
    await refused({ status: 302 });
    expect(asked).toBe(1);
  });
  test('the redirect of a browser, which hides its status', async () => {
    const hidden = { type: 'opaqueredirect', status: 0, ok: false, headers: new Headers(), json: () => Promise.reject(new Error('no body')) };
    const endpoint = { fetch: (async () => hidden) as unknown as typeof fetch };
    await expect(fetchTicket(base, endpoint, never)).rejects.toMatchObject({ status: 302 });
  });
  test('a page in place of JSON', async () => {
    answer = (_, res) => res.end('<h1>sign in</h1>');
    await refused({ status: 0, code: 'no_ticket_in_answer' });
  });
  test('nobody there', async () => {
    await expect(fetchTicket(new URL('ws://127.0.0.1:1/ws'), {}, never)).rejects.toMatchObject({ status: 0, code: undefined });
  });
  test('the caller has given up', async () => {
    const abort = new AbortController();
    answer = () => abort.abort();
    await expect(fetchTicket(base, {}, abort.signal)).rejects.toMatchObject({ status: 0 });
  });
});

describe('Retry-After', () => {
  afterEach(() => vi.useRealTimers());
  test.each([
    [null, undefined],
    ['7', 7000],
    ['0', 0],
    ['-1', 0], // a date in the past, to Date.parse
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
  ])('%j is %j ms', (value, want) => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 12) });
    expect(readRetryAfter(value)).toBe(want);
  });
});
