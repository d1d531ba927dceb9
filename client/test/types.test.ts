// What the compiler knows. `npm run check` fails when it no longer does.
import * as v from 'valibot';
import { afterAll, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { WardenSocket } from '../src/index.js';
import { scriptedClass } from './scripted.js';

const end = new AbortController();
afterAll(() => end.abort());
const options = { ticket: async () => 't', WebSocket: scriptedClass().WebSocket, signal: end.signal, onDropped: () => {} };

test('zod: a union of messages', () => {
  const incoming = z.discriminatedUnion('type', [
    z.object({ type: z.literal('price'), symbol: z.string(), price: z.number() }),
    z.object({ type: z.literal('chat'), text: z.string().default('') }),
  ]);
  const outgoing = z.object({ type: z.literal('subscribe'), channel: z.string().default('all') });
  const socket = new WardenSocket('wss://api.example.com/ws', { ...options, schema: incoming, outgoing });
  socket.on('price', (message) => expectTypeOf(message).toEqualTypeOf<{ type: 'price'; symbol: string; price: number }>());
  socket.on('chat', (message) => expectTypeOf(message).toEqualTypeOf<{ type: 'chat'; text: string }>());
  expectTypeOf(socket.on).parameter(0).toEqualTypeOf<'price' | 'chat'>();
  expectTypeOf(socket.send).parameter(0).toEqualTypeOf<{ type: 'subscribe'; channel?: string | undefined }>();
  // @ts-expect-error no such message comes
  socket.on('orders', () => {});
  // @ts-expect-error a price has no text
  socket.on('price', (message) => message.text);
  // @ts-expect-error no such message is sent
  expect(() => socket.send({ type: 'chat' })).toThrow();
});

test('valibot: a variant of messages, typed by another field', () => {
  const incoming = v.variant('action', [v.object({ action: v.literal('a'), n: v.number() }), v.object({ action: v.picklist(['b', 'c']), s: v.string() })]);
  const socket = new WardenSocket('wss://api.example.com/ws', { ...options, schema: incoming, type: 'action' });
  socket.on('a', (message) => expectTypeOf(message.n).toEqualTypeOf<number>());
  socket.on('c', (message) => expectTypeOf(message.s).toEqualTypeOf<string>());
  // @ts-expect-error the type is in action
  socket.on('type', () => {});
  expectTypeOf(socket.send).parameter(0).toEqualTypeOf<Record<string, unknown>>();
});

test('without schemas messages are objects', () => {
  const socket = new WardenSocket('wss://api.example.com/ws', options);
  socket.on('anything', (message) => expectTypeOf(message).toEqualTypeOf<Record<string, unknown>>());
  // @ts-expect-error a message is an object
  socket.send('text');
});

test('a browser and ws have what is needed', () => {
  expectTypeOf<typeof WebSocket>().toExtend<NonNullable<ConstructorParameters<typeof WardenSocket>[1]['WebSocket']>>();
  expectTypeOf<typeof import('ws').WebSocket>().toExtend<NonNullable<ConstructorParameters<typeof WardenSocket>[1]['WebSocket']>>();
});
