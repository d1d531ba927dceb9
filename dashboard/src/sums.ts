// What the guard has counted since its start.
import { byId, h, reconcile, setText } from './dom.ts';
import { count, millis } from './format.ts';
import type { Now } from './protocol.ts';

/** Results that somebody should look at. */
const alarming = new Set(['used', 'store', 'unreachable', 'lost']);

/** What results mean, where the word does not say it. */
const meanings: Record<string, string> = {
  minted: 'given out', redeemed: 'opened or extended a connection', burned: 'pushed out by newer ones of the session', unknown: 'never given out, or long gone', used: 'presented twice: somebody has seen it',
  expired: 'too late', origin: 'of another origin', route: 'of another route', address: 'from another address', carrier: 'in a place that the route does not admit', malformed: 'no ticket by its form',
  revoked: 'its sign-in was revoked', store: 'the store did not answer',
  good: 'the credential holds', refused: 'the credential does not hold', unreachable: 'nobody could be asked', lost: 'nobody could be asked for too long',
  user: 'all sign-ins of a user', session: 'one session', token: 'one token', all: 'everybody',
};

/** A list of figures by name. */
class Sums {
  readonly #body = h('dl', { className: 'sums' });
  readonly #empty: HTMLElement;
  readonly element: HTMLElement;

  constructor(title: string, empty: string) {
    this.#empty = h('p', { className: 'empty' }, empty);
    this.element = h('div', { className: 'card' }, h('h3', {}, title), this.#body, this.#empty);
  }

  set(entries: [string, string][]): void {
    this.#empty.hidden = entries.length > 0;
    this.#body.hidden = entries.length === 0;
    reconcile(this.#body, entries, ([name]) => name, ([name]) => h('div', {}, h('dt', {}, name, meanings[name] && h('span', { className: 'quiet' }, meanings[name])), h('dd')), (element, [name, text]) => {
      setText(element.lastElementChild!, text);
      element.dataset['mood'] = alarming.has(name) && text !== '0' ? 'bad' : '';
    });
  }

  counts(counts: Record<string, number> | null, order: string[]): void {
    const place = (name: string) => (order.indexOf(name) + order.length) % order.length;
    this.set(Object.entries(counts ?? {}).sort(([a], [b]) => place(a) - place(b)).map(([name, n]) => [name, count(n)]));
  }
}

export class Sessions {
  readonly #tickets = new Sums('Tickets', 'No ticket was asked for yet.');
  readonly #revocations = new Sums('Revocations', 'Nothing was revoked yet.');
  readonly #rechecks = new Sums('Sessions judged again', 'No session had to be judged again yet.');
  readonly #store = new Sums('Store', '');

  constructor() {
    byId('sums').append(...[this.#tickets, this.#revocations, this.#rechecks, this.#store].map((sums) => sums.element));
  }

  render(now: Now): void {
    this.#tickets.counts(now.tickets, ['minted', 'redeemed', 'used', 'unknown', 'expired', 'origin', 'route', 'address', 'carrier', 'malformed', 'revoked', 'store', 'burned']);
    const { latency } = now;
    const orders = Object.entries(now.revocations ?? {}).map(([what, n]): [string, string] => [what, count(n)]);
    if (latency.count > 0) {
      const over = latency.over ? '> ' : '';
      orders.push(['connections closed', count(latency.count)], ['to the Close frame, p50', millis(latency.p50)], ['to the Close frame, p99', over + millis(latency.p99)]);
    }
    this.#revocations.set(orders);
    this.#rechecks.counts(now.rechecks, ['good', 'refused', 'expired', 'unreachable', 'lost']);
    this.#store.set(now.store.shared
      ? [['state', now.store.lost ? 'Redis does not answer' : 'Redis answers'], ['times lost', count(now.store.losses)]]
      : [['state', 'in memory of this guard']]);
  }
}
