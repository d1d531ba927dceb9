// The attacks, in the order in which they are offered.
import type { Outcome } from '../shared/outcome.ts';
import type { SideName } from '../shared/site.ts';
import type { Stage } from './stage.ts';

/** From where an attack is made. */
export type Place = 'page' | 'account' | 'process';

export interface Attack {
  id: string;
  title: string;
  /** What the attacker does, in a sentence. */
  what: string;
  place: Place;
  /** The entry of the catalogue that it exploits. */
  weakness: string;
  /** Entries with further questions that it answers. */
  also?: string[];
  /** Carries it out on one side; absent where the process does. */
  run?: (stage: Stage, side: SideName) => Promise<Outcome>;
}

/** An attack of the attacker's page, on the other origin. */
const fromPage = (name: string) => (stage: Stage, side: SideName): Promise<Outcome> =>
  stage.attacker().call('attack', { side, name });

/** An attack of mallory, who has an account. */
const fromAccount = (name: string) => (stage: Stage, side: SideName): Promise<Outcome> =>
  stage.insiders[side].call('attack', { name });

/** Markup in the chat worked if it ran in the page of the victim, which must have got it. */
async function storedXSS(stage: Stage, side: SideName): Promise<Outcome> {
  const pane = stage.panes[side];
  await pane.call('clean');
  const arrives = stage.paneEvent(side, (event) => event.kind === 'chat', 5000);
  const fires = stage.paneEvent(side, (event) => event.kind === 'owned', 6000);
  const outcome = await fromAccount('xss')(stage, side);
  if (!await arrives) throw new Error('the message did not reach the page of alice');
  const fired = await Promise.race([fires, pause(1500)]);
  if (fired?.kind === 'owned') return { ...outcome, worked: true, seen: `the script runs in the page of ${fired.as}` };
  return { ...outcome, worked: false, seen: `${outcome.seen}; no script ran` };
}

function pause(time: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), time));
}

/** Mallory listens to alice's orders while she places one. */
async function overhear(stage: Stage, side: SideName): Promise<Outcome> {
  const refused = await stage.insiders[side].call<Outcome | null>('subscribe');
  if (refused) return refused;
  await stage.panes[side].call('trade');
  return stage.insiders[side].call('overhear');
}

export const attacks: Attack[] = [
  { id: 'hijack', title: 'Hijack the connection', place: 'page', weakness: 'WS101',
    what: 'alice visits the attacker’s page. Its script opens a socket to the platform, and her browser attaches her cookie.', run: fromPage('hijack') },
  { id: 'read', title: 'Read her account', place: 'page', weakness: 'WS101',
    what: 'Over the hijacked socket, the attacker’s page asks for her profile: mail address, balance, tax number.', run: fromPage('read') },
  { id: 'trade', title: 'Trade as her', place: 'page', weakness: 'WS101',
    what: 'The attacker’s page buys shares on her account. Watch her list of orders.', run: fromPage('trade') },
  { id: 'xss', title: 'Put a script into the chat', place: 'account', weakness: 'WS501', also: ['WS601'],
    what: 'mallory writes markup into the chat. In the page of everybody who reads it, it is a script that runs as them.', run: storedXSS },
  { id: 'order', title: 'Let her pay', place: 'account', weakness: 'WS401',
    what: 'mallory places an order and writes alice’s name into it.', run: fromAccount('order') },
  { id: 'profile', title: 'Look up her profile', place: 'account', weakness: 'WS402',
    what: 'mallory asks for a profile by its id: alice’s.', run: fromAccount('profile') },
  { id: 'channel', title: 'Listen to her orders', place: 'account', weakness: 'WS404',
    what: 'mallory subscribes to the channel with alice’s orders. Then she trades.', run: overhear },
  { id: 'speak', title: 'Speak as the admin', place: 'account', weakness: 'WS401',
    what: 'mallory writes to everybody in the chat, under the admin’s name.', run: fromAccount('speak') },
  { id: 'role', title: 'Become an admin', place: 'account', weakness: 'WS403',
    what: 'mallory sends a message that makes him an admin, as many platforms have one.', run: fromAccount('role') },
  { id: 'revoked', title: 'Stay after being thrown out', place: 'account', weakness: 'WS206', also: ['WS205'],
    what: 'mallory’s session is ended while his socket is open. Seconds later he trades on.', run: fromAccount('revoked') },
  { id: 'replay', title: 'Replay a credential', place: 'account', weakness: 'WS204',
    what: 'Somebody has seen the handshake, in a log or on a screen, and sends it a second time.', run: fromAccount('replay') },
  { id: 'url', title: 'Send a token in the URL', place: 'account', weakness: 'WS202',
    what: 'The platform’s own page does it: a token that is good for minutes, in a line that every proxy logs.', run: fromAccount('url') },
  { id: 'flood', title: 'Flood the server', place: 'account', weakness: 'WS702',
    what: 'mallory sends 500 messages at once.', run: fromAccount('flood') },
  { id: 'oversized', title: 'Send an oversized message', place: 'account', weakness: 'WS701',
    what: 'mallory sends one message of 1 MiB.', run: fromAccount('oversized') },
  { id: 'lookalike', title: 'Use an origin that looks alike', place: 'process', weakness: 'WS102',
    what: 'Origins that begin or end like the allowed one, on another port or scheme. A sloppy comparison lets them in.' },
  { id: 'rebind', title: 'Rebind a DNS name', place: 'process', weakness: 'WS104',
    what: 'A name of the attacker’s points at loopback: Host and Origin agree, and both are his.' },
  { id: 'pings', title: 'Flood with pings', place: 'process', weakness: 'WS707',
    what: '500 pings at once, each of which has to be answered.' },
  { id: 'fragments', title: 'Send endless fragments', place: 'process', weakness: 'WS708',
    what: 'One message in 2,000 empty fragments.' },
  { id: 'frames', title: 'Send forbidden frames', place: 'process', weakness: 'WS801',
    what: 'Frames without a mask, with reserved bits, with text that is not UTF-8, with forbidden close codes.' },
];
