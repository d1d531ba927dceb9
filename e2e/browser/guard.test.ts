import { afterEach, expect, test } from 'vitest';
import { Application } from './application.ts';
import { Guard } from './guard.ts';
import { Pages } from './pages.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});
function closing<T extends { close(): Promise<void> }>(thing: T): T {
  open.push(thing);
  return thing;
}

async function setUp() {
  const application = closing(await Application.start());
  const pages = closing(await Pages.start());
  application.sessions.set('s1', { sub: 'alice', sid: 'sid-1' });
  const guard = closing(await Guard.start(`${application.signIn}
drain: {spread: 100ms, deadline: 5s}
routes:
  - path: /ws
    backend: ws://127.0.0.1:${application.port}/ws
    origins: ["${pages.origin()}"]
    auth: {ticket: true}
`));
  return { application, pages, guard };
}

function mint(to: string, origin: string) {
  return fetch(`${to}/ws/ticket`, { method: 'POST', headers: { Cookie: 'session=s1', 'Content-Type': 'application/json', 'X-CSRF-Token': 'x', Origin: origin } });
}

test('a guard serves, audits, and comes back on its ports', async () => {
  const { pages, guard } = await setUp();
  expect((await mint(guard.url, 'http://evil.example')).status).toBe(403);
  await guard.untilAudit('refuse an origin', (line) => JSON.stringify(line).includes('WS101'));
  const { url, admin } = guard;
  expect(await guard.stop('SIGTERM')).toBe(0);
  await guard.restart();
  expect([guard.url, guard.admin]).toEqual([url, admin]);
  expect((await mint(guard.url, pages.origin())).status).toBe(200);
  await guard.revoke({ user: 'alice' });
  expect((await mint(guard.url, pages.origin())).status).toBe(200); // a new sign-in of the same user
});

test('pages pass a path on', async () => {
  const { pages, guard } = await setUp();
  pages.forward.set('/ws', guard.url);
  const answer = await mint(pages.origin(), pages.origin());
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ url: `ws://127.0.0.1:${pages.port}/ws` });
});

test('a configuration with an error says so', async () => {
  await expect(Guard.start('routes: 7\n')).rejects.toThrow(/routes/);
});
