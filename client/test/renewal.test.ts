import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TicketError } from '../src/index.js';
import { scripted } from './scripted.js';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const renewed = (seconds: number) => ({ type: 'wswarden.ticket', result: 'renewed', expires_in: seconds });

/** A client that is connected, with tickets that number themselves. */
async function connected(options: Parameters<typeof scripted>[0] = {}) {
  let n = 0;
  const ticket = vi.fn(async () => `wst1_${++n}`);
  const t = scripted({ ticket, ...options });
  return { ...t, ticket, socket: await t.opened() };
}

describe('renewal', () => {
  test('learns how long the session lasts, and comes again before its end', async () => {
    const { socket, client, errors } = await connected();
    await pass(29_999);
    expect(socket.sent).toEqual([]);
    await pass(1);
    expect(socket.sent).toEqual(['{"type":"wswarden.ticket","ticket":"wst1_2"}']);
    socket.say(renewed(800));
    await pass(499_999); // between a half and three quarters
    expect(socket.sent).toHaveLength(1);
    await pass(1);
    expect(socket.sent[1]).toBe('{"type":"wswarden.ticket","ticket":"wst1_3"}');
    socket.say(renewed(800));
    expect(client.state.name).toBe('open');
    expect(errors).toEqual([]);
  });

  test('the answer is no message of the application', async () => {
    const got: unknown[] = [];
    const { socket } = await connected({ onMessage: (message) => got.push(message) });
    await pass(30_000);
    socket.say(renewed(800));
    expect(got).toEqual([]);
  });

  test('is not tried again where nobody answers, and the connection stays', async () => {
    const { socket, client, ticket } = await connected();
    await pass(86_400_000);
    expect(socket.sent).toHaveLength(1);
    expect(ticket).toHaveBeenCalledTimes(2);
    expect(client.state.name).toBe('open');
  });

  test('a connection on which the guard has answered before and does no more is dead', async () => {
    const { socket, client } = await connected();
    await pass(30_000);
    socket.say(renewed(800));
    await pass(500_000);
    expect(socket.sent).toHaveLength(2);
    await pass(9_999);
    expect(client.state.name).toBe('open');
    await pass(1);
    expect(client.state).toMatchObject({ name: 'waiting', cause: { source: 'timeout' } });
    expect(socket.closedWith).toBeDefined();
  });

  test('the page is looked at again: is the connection alive?', async () => {
    const events = new EventTarget();
    vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
    const { socket, client } = await connected();
    events.dispatchEvent(new Event('online')); // whether the guard answers is not known yet
    await pass(0);
    expect(socket.sent).toEqual([]);
    await pass(30_000);
    socket.say(renewed(86_400));
    events.dispatchEvent(new Event('online')); // it was a moment ago
    await pass(0);
    expect(socket.sent).toHaveLength(1);
    await pass(3_600_000);
    events.dispatchEvent(new Event('online'));
    events.dispatchEvent(new Event('online'));
    await pass(0);
    expect(socket.sent).toHaveLength(2);
    await pass(10_000);
    expect(client.state.name).toBe('waiting');
  });

  test.each<[string, () => Promise<string>, number]>([
    ['knows nobody', () => Promise.reject(new TicketError(401)), 0],
    ['refuses', () => Promise.reject(new TicketError(403)), 0],
    ['is not there', () => Promise.reject(new TicketError(0)), 1],
    ['asks for patience', () => Promise.reject(new TicketError(429, { retryAfter: 30_000 })), 1],
    ['does not answer', () => new Promise(() => {}), 1],
  ])('a ticket endpoint that %s ends no connection', async (_, trouble, retries) => {
    const { socket, client, ticket, errors } = await connected();
    ticket.mockImplementationOnce(trouble);
    await pass(30_000 + 10_000);
    expect(errors).toEqual(['renewal: the session was not renewed']);
    await pass(60_000);
    expect(socket.sent).toHaveLength(retries);
    expect(client.state.name).toBe('open');
  });

  test('a guard that can not judge the ticket gets another', async () => {
    const { socket, errors } = await connected();
    await pass(30_000);
    socket.say({ type: 'wswarden.ticket', result: 'unavailable' });
    expect(errors).toEqual(['renewal: the session was not renewed']);
    await pass(3_000); // 1 s and half of 4
    expect(socket.sent).toHaveLength(2);
  });

  test('the waits of renewals grow, and are short again after one that went well', async () => {
    const { socket } = await connected();
    await pass(30_000);
    const unavailable = async (wait: number) => {
      const sent = socket.sent.length;
      socket.say({ type: 'wswarden.ticket', result: 'unavailable' });
      await pass(wait - 1);
      expect(socket.sent).toHaveLength(sent);
      await pass(1);
      expect(socket.sent).toHaveLength(sent + 1);
    };
    await unavailable(3000);
    await unavailable(5000);
    await unavailable(9000);
    socket.say(renewed(80));
    await pass(50_000);
    await unavailable(3000);
  });

  test('a ticket that is not of a guard is not sent', async () => {
    const { socket } = await connected({ ticket: async () => 'mine' });
    await pass(86_400_000);
    expect(socket.sent).toEqual([]);
  });

  test('a ticket that comes after the connection has ended goes nowhere', async () => {
    let give = (_: string) => {};
    const { socket, client, ticket, sockets } = await connected();
    ticket.mockImplementationOnce(() => new Promise((resolve) => { give = resolve; }));
    await pass(30_000);
    socket.end(1006);
    await pass(500);
    sockets.at(-1)!.open();
    give('wst1_late');
    await pass(0);
    expect(client.state.name).toBe('open');
    expect(sockets.flatMap((each) => each.sent)).toEqual([]);
  });

  test('a ticket of a renewal that was given up is not taken for the next', async () => {
    const gives: ((ticket: string) => void)[] = [];
    const { socket, ticket } = await connected();
    ticket.mockImplementation(() => new Promise((resolve) => gives.push(resolve)));
    await pass(30_000 + 10_000 + 3_000); // asked, given up, asked again
    expect(gives).toHaveLength(2);
    gives[0]!('wst1_first');
    await pass(0);
    expect(socket.sent).toEqual([]);
    gives[1]!('wst1_second');
    await pass(0);
    expect(socket.sent).toHaveLength(1);
  });

  test('a session of months is waited for at leisure', async () => {
    const { socket } = await connected();
    await pass(30_000);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    socket.say(renewed(100 * 86_400)); // more than setTimeout can count
    await pass(86_400_000);
    expect(timers.mock.calls.length).toBeLessThan(5);
    expect(socket.sent).toHaveLength(1);
  });

  test('is left off on request', async () => {
    const { ticket } = await connected({ renew: false });
    await pass(86_400_000);
    expect(ticket).toHaveBeenCalledOnce();
  });
});
