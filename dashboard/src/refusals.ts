// The last refusals, with why.
import { byId, h, reconcile, setText } from './dom.ts';
import { clock, plural } from './format.ts';
import type { Refusal } from './protocol.ts';
import type { State } from './state.ts';

const shownAtFirst = 20;

export class Refusals {
  readonly #kind = h('select', { id: 'kind' });
  readonly #list = h('ol', { className: 'rows refusals' });
  readonly #empty = h('p', { className: 'empty' });
  readonly #more = h('button', { type: 'button' }, 'Show more');
  readonly #note = h('p', { className: 'range' });
  #shown = shownAtFirst;
  #kinds = '';
  #state: State | undefined;

  constructor() {
    byId('refusals').append(
      h('div', { className: 'tools' }, h('label', { htmlFor: 'kind', className: 'unseen' }, 'Weakness'), this.#kind),
      this.#list, this.#empty, h('div', { className: 'pager' }, this.#note, this.#more));
    this.#kind.append(h('option', { value: '*' }, 'All weaknesses'));
    const again = () => this.#state && this.render(this.#state);
    this.#kind.addEventListener('change', again);
    this.#more.addEventListener('click', () => {
      this.#shown += 50;
      again();
    });
  }

  render(state: State): void {
    this.#state = state;
    this.#options(state);
    const selected = state.refusals.filter((r) => this.#kind.value === '*' || (r.weakness ?? '') === this.#kind.value);
    reconcile(this.#list, selected.slice(0, this.#shown), (r) => `${r.id} ${r.at} ${r.rule}`, (r) => row(r, state.titles[r.weakness ?? '']), () => {});
    this.#list.hidden = selected.length === 0;
    this.#empty.hidden = selected.length > 0;
    setText(this.#empty, state.refusals.length ? 'No refusal of this kind is among the last.' : `Nothing has been refused since ${clock(state.started)}.`);
    this.#more.hidden = selected.length <= this.#shown;
    setText(this.#note, state.skipped > 0 ? `${plural(state.skipped, 'more was', 'more were')} counted in floods and not listed; the audit log has them.` : '');
  }

  #options({ refusals, titles }: State): void {
    const kinds = [...new Map(refusals.map((r) => [r.weakness ?? '', titles[r.weakness ?? ''] ?? '']))].sort(([a], [b]) => (a < b ? -1 : 1));
    const key = kinds.map(([kind]) => kind).join();
    if (key === this.#kinds) return;
    this.#kinds = key;
    const { value } = this.#kind;
    this.#kind.replaceChildren(h('option', { value: '*' }, 'All weaknesses'), ...kinds.map(([kind, title]) => h('option', { value: kind }, kind ? `${kind} ${title}` : 'No weakness')));
    this.#kind.value = kinds.some(([kind]) => kind === value) ? value : '*';
  }
}

/** What was judged, in words. */
const actions: Record<string, string> = {
  handshake: 'Handshake', message: 'Message', 'ticket.mint': 'Request for a ticket', 'ticket.redeem': 'Ticket', 'ticket.renew': 'Renewal', session: 'Session', connection: 'Connection',
  admin: 'Admin request', revocation: 'Revocation', logout: 'Logout', 'security-event': 'Security event',
};

function row(r: Refusal, title = ''): HTMLLIElement {
  const subject = [actions[r.action] ?? r.action, r.message && (r.message === 'other' ? 'of no declared type' : `“${r.message}”`), r.user && `of ${r.user}`, r.route && `on ${r.route}`, r.client && `from ${r.client}`].filter(Boolean).join(' ');
  const answer = r.outcome === 'monitored' ? 'let pass: the route only monitors' : r.close ? `closed with ${r.close}` : r.status ? `answered ${r.status}` : 'refused';
  const fact = (name: string, value: string | undefined) => value && [h('dt', {}, name), h('dd', {}, value)];
  const facts = [fact('Weakness', r.weakness && `${r.weakness} ${title}`), fact('Rule', r.rule), fact('Answer', answer), fact('Origin', r.origin), fact('Connection', r.connection), fact('Event', r.id)].flatMap((f) => f || []);
  return h('li', { data: { outcome: r.outcome, weakness: r.weakness ?? '' } },
    h('details', {},
      h('summary', {},
        h('time', { dateTime: new Date(r.at).toISOString() }, clock(r.at)), ' ',
        h('span', { className: 'badge' }, r.weakness ?? '–'), ' ',
        h('span', { className: 'what' }, h('strong', {}, r.detail || title || r.rule), h('span', { className: 'facts' }, subject, ', ', h('code', {}, r.rule)))),
      h('dl', { className: 'facts' }, ...facts)));
}
