import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Message, TicketError, WardenError, WardenSocket } from '../src/index.js';
import { scripted, scriptedClass } from './scripted.js';

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

describe('an attempt', () => {
  test('offers a ticket of its own as a sub-protocol', async () => {
    const t = scripted();
    expect(t.client.state).toEqual({ name: 'connecting', attempt: 1 });
    const first = await t.opened();
    expect([first.url, first.protocols]).toEqual(['wss://api.example.com/ws', ['wswarden.v1', 'wst.t1']]);
    expect(t.client.state).toEqual({ name: 'open', protocol: 'wswarden.v1' });
    first.end(1006);
    await pass(500);
    expect(t.sockets[1]?.protocols).toEqual(['wswarden.v1', 'wst.t2']);
  });

  test('offers the sub-protocols of the application', async () => {
    const t = scripted({ protocols: ['trading.v2', 'trading.v1'] });
    expect((await t.next()).protocols).toEqual(['trading.v2', 'trading.v1', 'wst.t1']);
  });

  test('is given up when the ticket does not come', async () => {
    let aborted = false;
    const ticket = (signal: AbortSignal) => new Promise<string>(() => signal.addEventListener('abort', () => { aborted = true; }));
    const t = scripted({ ticket, connectTimeout: 3000 });
    await pass(2999);
    expect(t.client.state.name).toBe('connecting');
    await pass(1);
    expect(t.client.state).toMatchObject({ name: 'waiting', cause: { source: 'timeout' } });
    expect(aborted).toBe(true);
  });

  test('is given up when the handshake takes too long, and what comes of it later counts for nothing', async () => {
    const t = scripted();
    const socket = await t.next();
    const { onopen } = socket;
    await pass(10_000);
    expect(t.client.state).toMatchObject({ name: 'waiting', cause: { source: 'timeout' } });
    expect(socket.closedWith).toBeDefined();
    onopen?.({});
    expect(t.client.state.name).toBe('waiting');
  });

  test('a ticket that comes too late opens nothing', async () => {
    let give = (_: string) => {};
    const t = scripted({ ticket: () => new Promise((resolve) => { give = resolve; }), connectTimeout: 1000, backoff: { base: 60_000 } });
    await pass(1000);
    give('late');
    await pass(0);
    expect(t.sockets).toEqual([]);
  });

  test.each(['', 'a b', 'a,b', 'a\r\nb', 'ä', undefined, 7])('%j is no ticket, and goes nowhere', async (value) => {
    const t = scripted({ ticket: async () => value as string });
    await pass(0);
    expect(t.sockets).toEqual([]);
    expect(t.client.state).toMatchObject({ name: 'waiting', cause: { source: 'ticket', word: 'not_a_ticket' } });
  });

  test('a server that echoes the ticket is refused', async () => {
    const t = scripted();
    const socket = await t.next();
    socket.open('wst.t1');
    expect(t.names()).toEqual(['connecting', 'refused']);
    expect(JSON.stringify(t.client.state)).not.toContain('t1');
    expect(socket.closedWith).toBeDefined();
  });

  test('a WebSocket that can not be made is no reason to try again', async () => {
    const broken = class { constructor() { throw new SyntaxError('a sub-protocol is no token'); } };
    const t = scripted({ WebSocket: broken as never });
    await pass(0);
    expect(t.client.state).toMatchObject({ name: 'refused', cause: { source: 'misuse', error: expect.any(SyntaxError) } });
  });
});

describe('coming back', () => {
  test('waits grow while connections do not last', async () => {
    const t = scripted();
    for (const wait of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      (await t.opened()).end(1006);
      expect(t.client.state).toMatchObject({ name: 'waiting', until: Date.now() + wait });
      const count = t.sockets.length;
      await pass(wait - 1);
      expect(t.sockets).toHaveLength(count);
      await pass(1);
      expect(t.sockets).toHaveLength(count + 1);
    }
  });

  test('only a connection that lasts makes them short again', async () => {
    const t = scripted({ renew: false });
    (await t.opened()).end(1006); // 500
    await pass(500);
    (await t.opened()).end(1006); // 1000
    await pass(1000);
    let socket = await t.opened();
    await pass(29_999);
    socket.end(1006);
    expect(t.client.state).toMatchObject({ until: Date.now() + 2000 });
    await pass(2000);
    socket = await t.opened();
    await pass(30_000);
    socket.end(1006);
    expect(t.client.state).toMatchObject({ until: Date.now() + 500 });
    await pass(500);
    expect(t.states.at(-1)).toEqual({ name: 'connecting', attempt: 2 });
  });

  test.each([
    ['session.revoked', 4001], ['denied', 4003], ['schema', 4022], ['superseded', 4009], ['protocol', 1002], ['too-big', 1009], ['bye', 1000],
  ])('never after r=no: %s', async (word, code) => {
    const t = scripted();
    (await t.opened()).end(code, `${word};r=no;i=0a1b`);
    expect(t.client.state).toMatchObject({ name: 'refused', cause: { code, word, event: '0a1b' } });
    await pass(86_400_000);
    expect(t.sockets).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('as late as t= says, and spread', async () => {
    const t = scripted();
    (await t.opened()).end(1012, 'drain;r=now;t=7;i=0a1b');
    await pass(7499);
    expect(t.sockets).toHaveLength(1);
    await pass(1);
    expect(t.sockets).toHaveLength(2);
  });

  test('no earlier than Retry-After, though the page is looked at', async () => {
    const events = new EventTarget();
    vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
    const t = scripted({ ticket: async () => { throw new TicketError(429, { retryAfter: 20_000 }); } });
    await pass(0);
    expect(t.client.state).toMatchObject({ name: 'waiting', cause: { code: 429, after: 20_000 } });
    events.dispatchEvent(new Event('online'));
    await pass(20_499);
    expect(t.client.state.name).toBe('waiting');
    await pass(1);
    expect(t.names()).toEqual(['connecting', 'waiting', 'connecting', 'waiting']);
  });

  test('soon when the network is back, and not later for being told twice', async () => {
    const events = new EventTarget();
    vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
    const ticket = vi.fn(async (): Promise<string> => { throw new TicketError(0); });
    const t = scripted({ ticket, backoff: { base: 1000, cap: 1e9 } });
    for (let i = 0; i < 10; i++) await pass(1000 * 2 ** i);
    expect(t.client.state).toMatchObject({ name: 'waiting' });
    const tried = ticket.mock.calls.length;
    await pass(400);
    events.dispatchEvent(new Event('online'));
    await pass(400);
    events.dispatchEvent(new Event('online')); // must not put it off
    await pass(100);
    expect(ticket).toHaveBeenCalledTimes(tried + 1);
  });

  test('advise overrules a close code of the application', async () => {
    const t = scripted({ advise: (cause) => (cause.code === 4321 ? 'no' : undefined) });
    (await t.opened()).end(4321, 'maintenance');
    expect(t.client.state.name).toBe('refused');
    t.client.connect();
    (await t.opened()).end(1006);
    expect(t.client.state.name).toBe('waiting');
  });

  test('connect tries at once', async () => {
    const t = scripted();
    (await t.opened()).end(4003, 'denied;r=no;i=0a1b');
    t.client.connect();
    t.client.connect(); // it does already
    const socket = await t.opened();
    t.client.connect();
    await pass(0);
    expect(t.ticket).toHaveBeenCalledTimes(2);
    expect([t.sockets.length, socket.closedWith, t.client.state.name]).toEqual([2, undefined, 'open']);
  });
});

describe('signing in', () => {
  const unknown = () => Promise.reject(new TicketError(401));

  test('is asked for, and what waited for the one before is given up', async () => {
    const dropped: unknown[] = [];
    const onSignIn = vi.fn();
    let ticket: () => Promise<string> = unknown;
    const t = scripted({ ticket: () => ticket(), onSignIn, onDropped: (message, why) => dropped.push([message, why]) });
    t.client.send({ type: 'order' });
    await pass(0);
    expect(t.client.state).toMatchObject({ name: 'signed-out', cause: { code: 401, advice: 'sign-in' } });
    expect(onSignIn).toHaveBeenCalledOnce();
    expect(dropped).toEqual([[{ type: 'order' }, 'signed-out']]);
    expect(() => t.client.send({ type: 'order' })).toThrow(expect.objectContaining({ kind: 'not-connected' }));
    await pass(86_400_000);
    expect(t.sockets).toEqual([]);
    ticket = async () => 'mine';
    t.client.connect();
    expect((await t.opened()).sent).toEqual([]);
  });

  test('goes on when the promise of the hook is fulfilled, and does not become a loop', async () => {
    const ticket = vi.fn(unknown);
    scripted({ ticket, onSignIn: async () => {} });
    await pass(10);
    expect(ticket).toHaveBeenCalledTimes(2);
    await pass(60_000);
    expect(ticket.mock.calls.length).toBeLessThan(10);
  });

  test('is no loop where a connection lasted in between', async () => {
    let signedIn = false;
    const t = scripted({ ticket: async () => { if (!signedIn) throw new TicketError(401); return 't'; }, onSignIn: async () => { signedIn = true; }, renew: false });
    await t.opened();
    await pass(30_000);
    signedIn = false;
    t.sockets[0]!.end(4001, 'session.expired;r=fresh;i=0a1b');
    await pass(510);
    expect(t.states.slice(-3).map((state) => state.name)).toEqual(['signed-out', 'waiting', 'connecting']);
  });

  test('ends where the hook fails', async () => {
    const t = scripted({ ticket: unknown, onSignIn: async () => { throw new Error('cancelled'); } });
    await pass(1000);
    expect(t.client.state.name).toBe('signed-out');
    expect(t.errors).toEqual(['handler: a handler failed']);
  });

  test('counts for nothing after close', async () => {
    let done = () => {};
    const t = scripted({ ticket: unknown, onSignIn: () => new Promise<void>((resolve) => { done = resolve; }) });
    await pass(0);
    t.client.close();
    done();
    await pass(1000);
    expect(t.client.state.name).toBe('closed');
  });
});

describe('sending', () => {
  test('waits for the connection, behind what onState sends', async () => {
    const t = scripted({ onState: (state) => state.name === 'open' && t.client.send({ type: 'subscribe' }) });
    t.client.send({ type: 'a' });
    const socket = await t.next();
    t.client.send({ type: 'b' });
    expect(socket.sent).toEqual([]);
    socket.open();
    t.client.send({ type: 'c' });
    expect(socket.sent.map((text) => JSON.parse(text).type)).toEqual(['subscribe', 'a', 'b', 'c']);
  });

  test('is not lost to a connection that closes already', async () => {
    const t = scripted();
    const socket = await t.opened();
    socket.readyState = 2;
    t.client.send({ type: 'a' });
    socket.end(1006);
    await pass(500);
    const next = await t.opened();
    expect([socket.sent, next.sent]).toEqual([[], ['{"type":"a"}']]);
  });

  test('throws when too much waits', async () => {
    const t = scripted({ queue: { messages: 1 } });
    t.client.send({ type: 'a' });
    expect(() => t.client.send({ type: 'b' })).toThrow(WardenError);
    expect((await t.opened()).sent).toEqual(['{"type":"a"}']);
  });

  test('throws when the connection takes no more', async () => {
    const t = scripted({ queue: { characters: 100 } });
    const socket = await t.opened();
    socket.bufferedAmount = 95;
    expect(() => t.client.send({ type: 'a' })).toThrow(expect.objectContaining({ kind: 'queue-full' }));
    expect(socket.sent).toEqual([]);
  });

  test('tells in time of what grows too old, connected or not', async () => {
    const dropped: unknown[] = [];
    const t = scripted({ ticket: () => new Promise(() => {}), queue: { maxAge: 5000 }, onDropped: (_, why) => dropped.push(why) });
    t.client.send({ type: 'a' });
    await pass(4999);
    expect(dropped).toEqual([]);
    await pass(1);
    expect(dropped).toEqual(['expired']);
    expect(t.client.state.name).toBe('connecting');
    await pass(5000);
    expect(t.client.state.name).toBe('waiting'); // the timer had another thing to do
  });

  test('without onDropped, onError hears of it, without the message', async () => {
    const t = scripted();
    t.client.send({ type: 'a', secret: 'x' });
    t.client.close();
    expect(t.errors).toEqual(['dropped: a waiting message was given up: closed']);
  });
});

describe('receiving', () => {
  test('calls every handler of the type, until it is taken away', async () => {
    const t = scripted();
    const got: unknown[] = [];
    const off = t.client.on('price', (message) => got.push(['1', message]));
    t.client.on('price', (message) => got.push(['2', message]));
    t.client.on('chat', (message) => got.push(['3', message]));
    const socket = await t.opened();
    socket.say({ type: 'price', value: 1 });
    off();
    socket.say({ type: 'price', value: 2 });
    expect(got).toEqual([['1', { type: 'price', value: 1 }], ['2', { type: 'price', value: 1 }], ['2', { type: 'price', value: 2 }]]);
  });

  test('a type may be a number, in a field of another name', async () => {
    const got: unknown[] = [];
    const { sockets, WebSocket } = scriptedClass();
    const client = new WardenSocket('wss://api.example.com/ws', { ticket: async () => 't', type: 'op', WebSocket });
    client.on(7, (message) => got.push(message));
    await pass(0);
    sockets[0]!.open();
    sockets[0]!.say({ op: 7 });
    sockets[0]!.say({ op: '7' });
    expect(got).toEqual([{ op: 7 }]);
    client.close();
  });

  test.each(['{', 'null', '7', '"text"', '[]', '', 'x'.repeat(1_048_577)])('%.12j is told, and the next is read', async (text) => {
    const t = scripted();
    const got: unknown[] = [];
    t.client.on('a', (message) => got.push(message));
    const socket = await t.opened();
    socket.say(text);
    socket.onmessage?.({ data: new ArrayBuffer(2) });
    socket.say({ type: 'a' });
    expect(t.errors).toEqual([expect.stringMatching(/^message: /), expect.stringMatching(/^message: /)]);
    expect(got).toEqual([{ type: 'a' }]);
  });

  test('names of Object.prototype are types like others', async () => {
    const t = scripted();
    const socket = await t.opened();
    for (const type of ['__proto__', 'constructor', 'toString']) socket.say(`{"type":"${type}"}`);
    expect(t.errors).toEqual([]);
  });

  test('a handler that fails keeps nobody from anything', async () => {
    const t = scripted();
    const got: unknown[] = [];
    t.client.on('a', () => { throw new Error('defect'); });
    t.client.on('a', async () => { throw new Error('defect'); });
    t.client.on('a', (message) => got.push(message));
    (await t.opened()).say({ type: 'a' });
    await pass(0);
    expect(t.errors).toEqual(['handler: a handler failed', 'handler: a handler failed']);
    expect(got).toEqual([{ type: 'a' }]);
  });

  test('a refusal of the guard is told apart from an error of the application', async () => {
    const refused: unknown[] = [];
    const got: unknown[] = [];
    const t = scripted({ onRefused: (refusal) => refused.push(refusal) });
    t.client.on('error', (message) => got.push(message));
    const socket = await t.opened();
    socket.say({ type: 'error', code: 'denied', message: 'the message is not allowed', event: '0a1b' });
    socket.say({ type: 'error', message: 'no such account' });
    expect(refused).toEqual([{ code: 'denied', message: 'the message is not allowed', event: '0a1b' }]);
    expect(got).toEqual([{ type: 'error', message: 'no such account' }]);
  });

  test('what comes after close is not delivered', async () => {
    const t = scripted();
    const got: unknown[] = [];
    t.client.on('a', (message) => got.push(message));
    const socket = await t.opened();
    const { onmessage } = socket;
    t.client.close();
    onmessage?.({ data: '{"type":"a"}' });
    expect(got).toEqual([]);
  });

  test('what is judged after the session has ended is not delivered', async () => {
    let judged = () => {};
    const validate = (value: unknown) => new Promise<{ value: Message }>((resolve) => { judged = () => resolve({ value: value as Message }); });
    const got: unknown[] = [];
    const t = scripted({ schema: { '~standard': { version: 1, vendor: 'test', validate } }, onMessage: (message) => got.push(message) });
    const socket = await t.opened();
    socket.say({ type: 'a' });
    judged();
    await pass(0);
    socket.say({ type: 'b' });
    socket.end(4001, 'session.revoked;r=no;i=0a1b');
    judged();
    await pass(0);
    expect(got).toEqual([{ type: 'a' }]);
  });

  test('without hooks the console is told, without what was received', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { sockets, WebSocket } = scriptedClass();
    const client = new WardenSocket('wss://api.example.com/ws', { ticket: async () => 't', WebSocket });
    client.on('a', () => { throw new RangeError('defect'); });
    await pass(0);
    sockets[0]!.open();
    sockets[0]!.say({ type: 'error', code: 'denied', message: 'm', event: '0a1b' });
    sockets[0]!.say('{"password":"geheim');
    sockets[0]!.say({ type: 'a' });
    expect(said.mock.calls).toEqual([['wswarden: the guard refused a message: denied, event 0a1b'], ['wswarden: a message is not a JSON object'], ['wswarden: a handler failed', expect.any(RangeError)]]);
  });
});

describe('the end', () => {
  test('close says goodbye, and leaves nothing behind', async () => {
    const added = vi.fn();
    vi.stubGlobal('addEventListener', added);
    const t = scripted();
    const socket = await t.opened();
    t.client.close(4000, 'tab');
    expect(socket.closedWith).toEqual([4000, 'tab']);
    expect(t.client.state).toEqual({ name: 'closed' });
    expect(vi.getTimerCount()).toBe(0);
    expect(added.mock.calls[0]![2].signal.aborted).toBe(true);
    t.client.close();
    expect(t.names()).toEqual(['connecting', 'open', 'closed']);
    expect(() => t.client.connect()).toThrow('the socket is closed');
    expect(() => t.client.send({ type: 'a' })).toThrow('the socket is closed');
  });

  test.each<[string, (t: ReturnType<typeof scripted>) => Promise<unknown>]>([
    ['before the first attempt', async () => {}],
    ['while a ticket is asked for', () => pass(0)],
    ['during a handshake', (t) => t.next()],
    ['while it waits', async (t) => (await t.opened()).end(1006)],
  ])('close %s ends all attempts', async (_, before) => {
    const t = scripted();
    await before(t);
    const count = t.sockets.length;
    t.client.close();
    await pass(86_400_000);
    expect([t.sockets.length, t.client.state.name, vi.getTimerCount()]).toEqual([count, 'closed', 0]);
  });

  test('close with a code that no client may send closes all the same', async () => {
    const t = scripted();
    const socket = await t.opened();
    t.client.close(1001);
    expect([t.client.state.name, socket.closedWith, vi.getTimerCount()]).toEqual(['closed', [1005, ''], 0]);
  });

  test('a signal closes it, also one that was given before', async () => {
    const abort = new AbortController();
    const t = scripted({ signal: abort.signal });
    const socket = await t.opened();
    abort.abort();
    expect([t.client.state.name, socket.closedWith]).toEqual(['closed', [1000, '']]);
    const late = scripted({ signal: abort.signal });
    await pass(1000);
    expect([late.client.state.name, late.sockets.length]).toEqual(['closed', 0]);
  });

  test('dispose closes it', async () => {
    const t = scripted();
    await t.opened();
    t.client[Symbol.dispose]();
    expect(t.client.state.name).toBe('closed');
  });

  test.each<[string, string]>([['waiting', 'waiting'], ['open', 'open'], ['connecting', 'connecting']])('a hook may close it when it is %s', async (_, at) => {
    const t = scripted({ onState: (state) => state.name === at && t.client.close() });
    if (at !== 'connecting') (await t.opened()).end(1006);
    await pass(60_000);
    expect([t.client.state.name, vi.getTimerCount()]).toEqual(['closed', 0]);
    expect(t.ticket).toHaveBeenCalledTimes(at === 'connecting' ? 0 : 1);
  });
});

test('where there is no WebSocket, it says what to do', () => {
  vi.stubGlobal('WebSocket', undefined);
  expect(() => new WardenSocket('wss://api.example.com/ws', { ticket: {} })).toThrow('install ws');
});
