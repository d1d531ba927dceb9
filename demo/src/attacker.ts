// The attacker's page. It has no account: all it has is a visitor whose browser is
// signed in at the platform, and attaches that visitor's cookie to what it asks for.
import { serveParent } from './shared/bridge.ts';
import { byID, h } from './shared/dom.ts';
import type { Outcome } from './shared/outcome.ts';
import { recordList } from './shared/record.ts';
import { loadSite, type SideName, type Site } from './shared/site.ts';
import { Wire, type Message } from './shared/wire.ts';

type Attack = (wire: Wire) => Promise<Outcome>;

const attacks: Record<string, { title: string; run: Attack }> = {
  hijack: { title: 'Open a socket as the visitor', run: async (wire) => wire.worked(`connected as ${victim}`) },
  read: { title: 'Read the account', run: readAccount },
  trade: { title: 'Trade as the visitor', run: trade },
};

let victim = '';

async function readAccount(wire: Wire): Promise<Outcome> {
  wire.send({ type: 'get_profile' });
  const profile = await wire.answer('profile');
  if (profile?.type !== 'profile') return wire.failed(profile);
  showLoot(profile);
  return wire.worked(`has ${String(profile['name'])}’s mail address, balance and tax number`);
}

async function trade(wire: Wire): Promise<Outcome> {
  wire.send({ type: 'place_order', symbol: 'AAPL', quantity: 3, price: 999 });
  const order = await wire.answer('order');
  if (order?.type !== 'order') return wire.failed(order);
  return wire.worked(`${String(order.userId)} has bought 3 AAPL for 999 each`);
}

/** Connects with nothing but what the browser attaches by itself, then attacks. */
async function attack(site: Site, side: SideName, name: string): Promise<Outcome> {
  const chosen = Object.hasOwn(attacks, name) ? attacks[name] : undefined;
  if (!chosen) throw new Error(`there is no attack ${name}`);
  const wire = new Wire();
  if (!await wire.open(site[side].socket)) return wire.failed(null);
  const welcome = await wire.answer('welcome');
  if (!welcome) return wire.failed(null);
  if (welcome.user === null) {
    wire.close();
    return { worked: false, seen: 'served, but as nobody: the browser attached no cookie', steps: wire.steps };
  }
  victim = String(welcome.user);
  return chosen.run(wire);
}

function showLoot(profile: Message): void {
  const rows = ['name', 'email', 'balance', 'taxId'].map((field) =>
    h('div', {}, h('dt', {}, field), h('dd', {}, String(profile[field] ?? 'absent'))));
  byID('loot').replaceChildren(h('dl', {}, ...rows));
}

function show(side: SideName, name: string, outcome: Outcome): void {
  const title = attacks[name]?.title ?? name;
  const log = byID('log');
  log.prepend(h('li', { class: outcome.worked ? 'worked' : 'failed' },
    h('strong', {}, `${title}, ${side === 'guarded' ? 'behind the guard' : 'unguarded'}: `),
    outcome.seen, recordList(outcome.steps)));
  while (log.children.length > 12) log.lastElementChild?.remove();
  byID('empty').hidden = true;
}

async function run(site: Site, side: SideName, name: string): Promise<Outcome> {
  const outcome = await attack(site, side, name);
  show(side, name, outcome);
  return outcome;
}

async function start(): Promise<void> {
  const site = await loadSite();
  byID('origin').textContent = location.origin;
  for (const [name, { title }] of Object.entries(attacks)) {
    byID('buttons').append(h('button', {
      type: 'button',
      click: async () => {
        await run(site, 'unguarded', name);
        await run(site, 'guarded', name);
      },
    }, title));
  }
  serveParent(site.page, {
    attack: ({ side, name }: { side: SideName; name: string }) => run(site, side, name),
  });
}

start().catch((err: Error) => { byID('empty').textContent = `This page could not start: ${err.message}.`; });
