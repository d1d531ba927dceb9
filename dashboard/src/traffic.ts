// What happens over time, as plots and as a table, and by route.
import { byId, h, reconcile, setText, table } from './dom.ts';
import { bytes, clock, count, rate } from './format.ts';
import { Plot, type Series } from './plot.ts';
import type { RouteNow } from './protocol.ts';
import { bars, barSpan, fold, minutes, others, rates, stack, timeWindow } from './series.ts';
import type { State } from './state.ts';

const messageSeries: Series[] = [
  { key: 'client', name: 'from clients', colour: '--line-1' },
  { key: 'server', name: 'to clients', colour: '--line-2' },
  { key: 'denied', name: 'refused', colour: '--refused' },
];

const openSeries: Series[] = [{ key: 'open', name: 'open', colour: '--line-1' }];

export class Traffic {
  readonly #messages = new Plot({
    title: 'Messages', unit: 'a second', empty: 'No message has passed yet.', bars: false, whole: false, height: 190, value: rate,
    draw: (rows, shown) => rows.map((row, i) => (shown[i] ? row : row.map(() => null))),
  });
  readonly #refusals = new Plot({
    title: 'Refusals by weakness', unit: 'in 10 seconds', empty: 'Nothing was refused in this time.', bars: true, whole: true, height: 250, value: count,
    draw: stack,
  });
  readonly #open = new Plot({
    title: 'Connections', unit: 'open', empty: 'Nobody was connected in this time.', bars: false, whole: true, height: 120, value: count,
    draw: (rows) => rows,
  });
  readonly #colours = new Map<string, string>();
  readonly #minutes = h('tbody');
  readonly #details = h('details', {}, h('summary', {}, 'These figures as a table, by the minute'),
    table('Traffic by the minute', ['Minute', 'Connections', 'From clients', 'To clients', 'Messages refused', 'Refusals'], this.#minutes));
  readonly #routes = h('tbody');
  #state: State | undefined;

  constructor(private readonly onRoute: (route: string) => void) {
    byId('plots').append(h('div', { className: 'stack' }, this.#messages.element, this.#open.element), this.#refusals.element);
    byId('routes').append(this.#details, h('h3', {}, 'Routes'),
      table('Routes', ['Route', 'Open', 'Accepted', 'From clients', 'To clients', 'Refused', 'Let pass by monitor', 'Bytes'], this.#routes));
    this.#details.addEventListener('toggle', () => this.#table());
  }

  /** Draws what samples say. */
  samples(state: State): void {
    this.#state = state;
    const lines = rates(state.samples);
    const window = timeWindow(state.samples);
    this.#open.render(window, openSeries, lines.at, [state.samples.map((s) => s.conns)]);
    this.#messages.render(window, messageSeries, lines.at, [lines.client, lines.server, lines.denied]);
    const all = fold(bars(state.samples));
    this.#refusals.render({ ...window, to: window.to + barSpan / 2000 }, all.kinds.map((kind) => ({ key: kind, name: this.#name(kind), colour: this.#colour(kind) })), all.at, all.counts);
    this.#table();
  }

  #name(kind: string): string {
    if (kind === others) return 'others';
    if (kind === '') return 'no weakness';
    const title = this.#state?.titles[kind];
    return title ? `${kind} ${title}` : kind;
  }

  /** A weakness keeps its colour as long as the page is open. */
  #colour(kind: string): string {
    if (kind === others || kind === '') return '--kind-0';
    let name = this.#colours.get(kind);
    if (!name) this.#colours.set(kind, (name = `--kind-${(this.#colours.size % 7) + 1}`));
    return name;
  }

  #table(): void {
    if (!this.#details.open || !this.#state) return;
    reconcile(this.#minutes, minutes(this.#state.samples), (m) => String(m.at), () => h('tr', {}, h('th', { scope: 'row' }), ...Array.from({ length: 5 }, () => h('td'))), (row, m) => {
      const cells = [clock(m.at).slice(0, 5), count(m.connections), count(m.client), count(m.server), count(m.denied), count(m.refusals)];
      cells.forEach((text, i) => setText(row.children[i]!, text));
    });
  }

  /** Writes the routes. */
  now(routes: RouteNow[]): void {
    reconcile(this.#routes, routes, (r) => r.path, (r) => this.#route(r), (row, r) => {
      const cells = [count(r.connections), count(r.accepted), count(r.client), count(r.server), count(r.denied), count(r.monitored), bytes(r.bytes)];
      cells.forEach((text, i) => setText(row.children[i + 1]!, text));
    });
  }

  #route(r: RouteNow): HTMLTableRowElement {
    const link = h('button', { type: 'button', className: 'link', title: 'Show its connections' }, r.path);
    link.addEventListener('click', () => this.onRoute(r.path));
    return h('tr', {}, h('th', { scope: 'row' }, link), ...Array.from({ length: 7 }, () => h('td')));
  }
}
