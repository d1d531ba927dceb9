// The few figures that say at a glance how the guard is.
import { byId, h, setText } from './dom.ts';
import { count, millis, plural, rate } from './format.ts';
import { rates } from './series.ts';
import type { State } from './state.ts';

/** A figure with a name and a remark. */
class Tile {
  readonly #value = h('dd', { className: 'value' });
  readonly #remark = h('dd', { className: 'remark' });
  readonly element: HTMLElement;

  constructor(name: string, key: string) {
    this.element = h('div', { className: 'tile', data: { tile: key } }, h('dt', {}, name), this.#value, this.#remark);
  }

  set(value: string, remark: string, mood: '' | 'bad' | 'good' = ''): void {
    setText(this.#value, value);
    setText(this.#remark, remark);
    this.element.dataset['mood'] = mood;
  }
}

export class Tiles {
  readonly #connections = new Tile('Connections', 'connections');
  readonly #messages = new Tile('Messages a second', 'messages');
  readonly #refusals = new Tile('Refusals, last minute', 'refusals');
  readonly #tickets = new Tile('Tickets redeemed', 'tickets');
  readonly #revocation = new Tile('Revocation, p99', 'revocation');
  readonly #store = new Tile('Store', 'store');

  constructor() {
    byId('tiles').append(...[this.#connections, this.#messages, this.#refusals, this.#tickets, this.#revocation, this.#store].map((tile) => tile.element));
  }

  render(state: State): void {
    const { now, samples } = state;
    const accepted = now.routes.reduce((sum, route) => sum + route.accepted, 0);
    this.#connections.set(count(now.connections), now.draining ? 'draining' : `${count(accepted)} accepted since the start`);

    const last = rates(samples.slice(-5));
    const mean = (row: number[]) => (row.length ? row.reduce((a, b) => a + b, 0) / row.length : 0);
    this.#messages.set(rate(mean(last.client) + mean(last.server)), `${rate(mean(last.client))} from clients, ${rate(mean(last.server))} to them`);

    const recent = samples.filter((s) => s.at > now.at - 60_000);
    const refused = recent.reduce((sum, s) => sum + Object.values(s.refusals ?? {}).reduce((a, b) => a + b, 0), 0);
    const total = Object.values(now.refusals).reduce((a, b) => a + b, 0);
    this.#refusals.set(count(refused), `${count(total)} since the start`, refused > 0 ? 'bad' : '');

    const { minted = 0, redeemed = 0, burned = 0, ...failed } = now.tickets ?? {};
    const bad = Object.values(failed).reduce((a, b) => a + b, 0);
    this.#tickets.set(count(redeemed), `${count(minted)} minted, ${count(bad)} refused${burned ? `, ${count(burned)} burned` : ''}`, failed['used'] ? 'bad' : '');

    const { latency } = now;
    if (latency.count === 0) this.#revocation.set('–', 'no connection was revoked yet');
    else this.#revocation.set(`${latency.over ? '> ' : ''}${millis(latency.p99)}`, `p50 ${millis(latency.p50)}, ${plural(latency.count, 'connection')}`);

    if (!now.store.shared) this.#store.set('Memory', 'one guard, nothing to lose');
    else if (now.store.lost) this.#store.set('Redis lost', `lost ${plural(now.store.losses, 'time')}`, 'bad');
    else this.#store.set('Redis answers', now.store.losses ? `lost ${plural(now.store.losses, 'time')}` : 'never lost', 'good');
  }
}
