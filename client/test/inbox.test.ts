import { expect, test } from 'vitest';
import type { WardenError } from '../src/error.js';
import { Inbox } from '../src/inbox.js';
import type { Schema } from '../src/schema.js';

/** A schema whose answers a test gives, by the field n of the message. */
function held() {
  const release = new Map<unknown, (ok: boolean) => void>();
  const schema: Schema<unknown, unknown> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => new Promise((resolve) => {
        release.set((value as { n: number }).n, (ok) => resolve(ok ? { value } : { issues: [{ message: 'no' }] }));
      }),
    },
  };
  return { schema, release };
}

function inbox(schema?: Schema<unknown, unknown>) {
  const got: unknown[] = [];
  const box = new Inbox(schema, (message) => got.push((message as { n: number }).n), (error: WardenError) => got.push(error.kind));
  const settled = async () => { for (let i = 0; i < 20; i++) await Promise.resolve(); };
  return { box, got, settled };
}

test('messages keep their order, whichever is judged first', async () => {
  const { schema, release } = held();
  const { box, got, settled } = inbox(schema);
  for (const n of [1, 2, 3]) box.take({ n });
  release.get(3)!(true);
  release.get(2)!(false);
  await settled();
  expect(got).toEqual([]);
  release.get(1)!(true);
  await settled();
  expect(got).toEqual([1, 'schema', 3]);
});

test('without a schema, or with one that answers at once, there is no delay', () => {
  const { box, got } = inbox();
  box.take({ n: 1 });
  expect(got).toEqual([1]);
});

test('a message that is judged at once does not overtake', async () => {
  const { schema, release } = held();
  const later = schema['~standard'].validate;
  const mixed = { '~standard': { ...schema['~standard'], validate: (value: unknown) => ((value as { n: number }).n === 1 ? later(value) : { value }) } };
  const { box, got, settled } = inbox(mixed);
  box.take({ n: 1 });
  box.take({ n: 2 });
  await settled();
  expect(got).toEqual([]);
  release.get(1)!(true);
  await settled();
  expect(got).toEqual([1, 2]);
});

test('what waits for its validation is bounded, and what is beyond is told', async () => {
  const { schema, release } = held();
  const { box, got, settled } = inbox(schema);
  for (let n = 0; n < 1002; n++) box.take({ n });
  expect(got).toEqual(['overflow', 'overflow']);
  for (const each of release.values()) each(true);
  for (let i = 0; i < 300; i++) await settled();
  expect(got).toHaveLength(1002);
  box.take({ n: 2000 });
  release.get(2000)!(true);
  await settled();
  expect(got.at(-1)).toBe(2000);
});

test.each<[string, () => never | Promise<never>]>([
  ['throws', () => { throw new Error('a defect of the schema'); }],
  ['rejects', () => Promise.reject(new Error('a defect of the schema'))],
])('a schema that %s lets nothing through', async (_, validate) => {
  const { box, got, settled } = inbox({ '~standard': { version: 1, vendor: 'test', validate } });
  box.take({ n: 1 });
  await settled();
  expect(got).toEqual(['schema']);
});
