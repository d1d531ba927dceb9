// The client in Node, with the WebSocket of ws, in front of a real guard.
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { type Options, type Refusal, type Schema, type State, type TicketEndpoint, WardenSocket, type WebSocketConstructor, type WebSocketLike } from '@wswarden/client';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { type Rig, type RigOptions, sayWhatIsAsked, startRig } from './client_rig.ts';
import { deadline } from './deadline.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function rigged(options?: RigOptions): Promise<Rig> {
  const rig = await startRig(options);
  open.push(rig);
  sayWhatIsAsked(rig.application);
  return rig;
}

/** How a program in Node asks for a ticket: it has no cookies and no origin of its own. */
function endpoint(rig: Rig): TicketEndpoint {
  return { csrf: () => 'x', headers: () => ({ Cookie: 'session=s1', Origin: rig.pages.origin() }) };
}

function ofTheLibrary(rig: Rig): WebSocketConstructor {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { origin: rig.pages.origin() });
    }
  };
}

function ofNode(rig: Rig): WebSocketConstructor {
  const Own = globalThis.WebSocket as unknown as new (url: string, options: unknown) => WebSocketLike;
  return class extends Own {
    constructor(url: string, protocols: string[]) {
      super(url, { protocols, headers: { Origin: rig.pages.origin() } });
    }
  };
}

type Given<In extends Schema> = Partial<Options<In, Schema, 'type'>>;

/** A client, all its states, and what it received. */
function connected<In extends Schema>(rig: Rig, options: Given<In> = {}) {
  const states: State[] = [];
  const messages: unknown[] = [];
  const refused: Refusal[] = [];
  const errors: string[] = [];
  const watchers = new Set<() => void>();
  const note = <T>(list: T[]) => (item: T) => {
    list.push(item);
    for (const watcher of [...watchers]) watcher();
  };
  const client = new WardenSocket<In, Schema, 'type'>(rig.direct, {
    ticket: endpoint(rig),
    WebSocket: ofTheLibrary(rig),
    backoff: { base: 50 },
    onMessage: note(messages),
    onRefused: note(refused),
    onError: (error) => note(errors)(error.kind),
    onDropped: () => {},
    ...options,
    onState: (state) => {
      note(states)(state);
      options.onState?.(state);
    },
  });
  open.push(client);
  const until = (what: string, condition: () => boolean) => deadline(what, new Promise<void>((resolve) => {
    const watcher = () => {
      if (!condition()) return;
      watchers.delete(watcher);
      resolve();
    };
    watchers.add(watcher);
    watcher();
  })).catch((error: Error) => {
    throw new Error(`${error.message}; states: ${JSON.stringify(states)}, errors: ${errors}`);
  });
  return {
    client,
    states,
    messages,
    refused,
    errors,
    until,
    /** Waits until it has been in the state name for the nth time. */
    state: async (name: State['name'], nth = 1) => {
      await until(`the state ${name}`, () => states.filter((state) => state.name === name).length >= nth);
      return states.filter((state) => state.name === name)[nth - 1]!;
    },
    received: (count: number) => until(`${count} messages`, () => messages.length >= count),
  };
}

describe('a conversation', () => {
  test('begins with what was sent before the connection was open', async () => {
    const rig = await rigged();
    const t = connected(rig);
    for (let n = 0; n < 10; n++) t.client.send({ type: 'echo', n });
    await t.received(10);
    expect(t.messages).toEqual(Array.from({ length: 10 }, (_, n) => ({ type: 'echo', n })));
    expect(await t.state('open')).toEqual({ name: 'open', protocol: 'wswarden.v1' });
    const ended = once([...rig.application.clients][0]!, 'close');
    t.client.close(4000, 'the tab closes');
    const [code, reason] = await deadline('the close', ended);
    expect([code, String(reason)]).toEqual([4000, 'the tab closes']);
  });

  test('takes the WebSocket of Node as well', async () => {
    const rig = await rigged();
    const t = connected(rig, { WebSocket: ofNode(rig) });
    t.client.send({ type: 'echo', n: 1 });
    await t.received(1);
    await rig.guard.stop();
    await t.state('waiting');
    await rig.guard.restart();
    await t.state('open', 2);
    await rig.guard.revoke({ session: 'sid-1' });
    expect(await t.state('refused')).toMatchObject({ cause: { code: 4001, word: 'session.revoked' } });
  });

  test('a refused message is told with its event, and the connection goes on', async () => {
    const rig = await rigged();
    const t = connected(rig);
    t.client.send({ type: 'drop_tables' });
    t.client.send({ type: 'echo', n: 1 });
    await t.received(1);
    expect(t.refused).toMatchObject([{ code: 'schema' }]);
    const { event } = t.refused[0]!;
    await rig.guard.untilAudit('the refusal', (line) => line['event.id'] === event);
  });

  const good = '{"type":"price","symbol":"AAPL","price":190.5}';
  const bad = ['{', 'null', '{"type":"price"}', '{"type":"price","symbol":"AAPL","price":"190.5"}', '{"type":"unknown"}'];
  test.each<[string, Schema<unknown, { type: 'price'; symbol: string; price: number }>]>([
    ['zod', z.object({ type: z.literal('price'), symbol: z.string(), price: z.number() })],
    ['zod, asynchronous', z.object({ type: z.literal('price'), symbol: z.string().refine(async (symbol) => symbol === 'AAPL'), price: z.number() })],
    ['valibot', v.object({ type: v.literal('price'), symbol: v.string(), price: v.number() })],
    ['valibot, asynchronous', v.objectAsync({ type: v.literal('price'), symbol: v.pipeAsync(v.string(), v.checkAsync(async (symbol) => symbol === 'AAPL')), price: v.number() })],
  ])('%s judges what the server sends', async (_, schema) => {
    const rig = await rigged();
    const t = connected(rig, { schema });
    const prices: number[] = [];
    t.client.on('price', (message) => prices.push(message.price));
    t.client.send({ type: 'say', say: [...bad, good, good] });
    await t.received(2);
    expect(prices).toEqual([190.5, 190.5]);
    expect(t.errors.sort()).toEqual(['message', 'message', 'schema', 'schema', 'schema']);
  });
});

describe('a connection that ends', () => {
  test('comes back with a fresh ticket when the guard was gone, and loses nothing that was sent in between', async () => {
    const rig = await rigged();
    const t = connected(rig);
    await t.state('open');
    await rig.guard.stop();
    expect(await t.state('waiting')).toMatchObject({ cause: { source: 'close', code: 1006, advice: 'wait' } });
    t.client.send({ type: 'echo', n: 7 });
    await rig.guard.restart();
    await t.state('open', 2);
    await t.received(1);
    expect(t.messages).toEqual([{ type: 'echo', n: 7 }]);
    const tickets = rig.mints().map((line) => line['wswarden.ticket']);
    expect(new Set(tickets).size).toBe(tickets.length);
  });

  test('goes when the guard drains, for as long as it is told, and finds the next', async () => {
    const rig = await rigged();
    const clients = Array.from({ length: 3 }, () => connected(rig));
    for (const t of clients) await t.state('open');
    await rig.guard.drain();
    for (const t of clients) {
      const state = await t.state('waiting');
      expect(state).toMatchObject({ cause: { code: 1012, word: 'drain', advice: 'now', event: expect.any(String) } });
      if (state.name === 'waiting') expect([1000, 2000]).toContain(state.cause.after); // its share of 2 s, rounded up
    }
    await rig.guard.restart();
    for (const t of clients) await t.state('open', 2);
  });

  test('stays away when the session was revoked, and asks for sign-in when it is told to try', async () => {
    const rig = await rigged();
    const t = connected(rig);
    await t.state('open');
    await rig.guard.revoke({ session: 'sid-1' });
    expect(await t.state('refused')).toMatchObject({ cause: { code: 4001, word: 'session.revoked', advice: 'no' } });
    expect(() => t.client.send({ type: 'echo' })).toThrow('the socket is refused');
    t.client.connect();
    expect(await t.state('signed-out')).toMatchObject({ cause: { source: 'ticket', code: 401, word: 'session_revoked' } });
    expect(t.states.map((state) => state.name)).toEqual(['connecting', 'open', 'refused', 'connecting', 'signed-out']);
    rig.signIn();
    t.client.connect();
    await t.state('open', 2);
  });

  test.each<[string, [number, string], State['name']]>([
    ['4321 of the application', [4321, 'bye'], 'waiting'],
    ['1000 of the application', [1000, 'bye'], 'refused'],
    ['4003 of the application', [4003, 'forbidden'], 'refused'],
  ])('%s: %s', async (_, close, name) => {
    const rig = await rigged();
    const t = connected(rig);
    t.client.send({ type: 'say', close });
    expect(await t.state(name)).toMatchObject({ cause: { source: 'close', code: close[0] } });
  });

  test('comes back after the end of its age', async () => {
    const rig = await rigged({ session: '{max_age: 1s, recheck: 60s}' });
    const t = connected(rig, { renew: false });
    expect(await t.state('waiting')).toMatchObject({ cause: { code: 4008, word: 'max-age', advice: 'fresh' } });
    await t.state('open', 2);
  });
});

describe('renewal', () => {
  test('outlives the age of the session without a break', async () => {
    const rig = await rigged({ session: '{max_age: 6s, recheck: 60s}' });
    const t = connected(rig, { stableAfter: 100 });
    // The second and the third come half the age after the one before, or later.
    const renewals = () => rig.guard.audit.filter((line) => line['event.action'] === 'ticket.renew').length;
    await rig.guard.untilAudit('three renewals', () => renewals() >= 3);
    t.client.send({ type: 'echo', n: 1 });
    await t.received(1);
    expect(t.states.map((state) => state.name)).toEqual(['connecting', 'open']);
    expect(t.errors).toEqual([]);
  });

  test('another user has signed in: the connection ends, and does not become his', async () => {
    const rig = await rigged();
    rig.application.onSocket = () => rig.signIn('bob'); // before the client hears that it is connected
    const t = connected(rig, { stableAfter: 100 });
    expect(await t.state('refused')).toMatchObject({ cause: { code: 4003, word: 'denied', advice: 'no' } });
  });
});

describe('the ticket endpoint', () => {
  test('401: the user signs in, and the connection opens', async () => {
    const rig = await rigged();
    rig.application.sessions.clear();
    const asked: unknown[] = [];
    const t = connected(rig, { onSignIn: async (cause) => { asked.push(cause.code); rig.signIn(); } });
    await t.state('open');
    expect(asked).toEqual([401]);
    expect(t.states.map((state) => state.name)).toEqual(['connecting', 'signed-out', 'waiting', 'connecting', 'open']);
  });

  test('403: no second attempt', async () => {
    const rig = await rigged();
    const t = connected(rig, { ticket: { headers: endpoint(rig).headers! } });
    expect(await t.state('refused')).toMatchObject({ cause: { code: 403, word: 'csrf_header_required' } });
  });

  test('429: as late as Retry-After says', async () => {
    const rig = await rigged({ auth: '{ticket: {rate: {rate: 1/6s, burst: 1}}}' });
    const first = connected(rig);
    await first.state('open');
    const t = connected(rig);
    const state = await t.state('waiting');
    expect(state).toMatchObject({ cause: { code: 429, word: 'too_many_requests', advice: 'wait' } });
    if (state.name === 'waiting') expect([1, 2, 3, 4, 5, 6]).toContain(state.cause.after / 1000);
    await t.state('open');
    expect(rig.mints().filter((line) => line['http.response.status_code'] === 429)).toHaveLength(1);
  });

  test('503: the application is down, and comes back', async () => {
    const rig = await rigged();
    rig.application.trouble = { status: 500 };
    const t = connected(rig);
    expect(await t.state('waiting')).toMatchObject({ cause: { code: 503, advice: 'wait', after: 5000 } });
    rig.application.trouble = undefined;
    await t.state('open');
    expect(t.states.map((state) => state.name)).toEqual(['connecting', 'waiting', 'connecting', 'open']);
  });
});
