// The live connections, by user or one by one: a page of them at a time, which
// the guard selects.
import { closeConnection, revokeSession, revokeUser } from './api.ts';
import { confirm } from './confirm.ts';
import { byId, h, reconcile, setText } from './dom.ts';
import { age, count, plural } from './format.ts';
import type { Connection, Page, RouteNow, UserGroup, View } from './protocol.ts';

const limit = 50;
/** A search is sent when typing pauses: the guard bounds the rate. */
const pause = 250;

export class Connections {
  #view: View = { type: 'view', group: true, route: '', user: null, query: '', offset: 0, limit };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #page: Page | undefined;
  #now = Date.now();
  readonly #byUser = h('button', { type: 'button' }, 'By user');
  readonly #single = h('button', { type: 'button' }, 'One by one');
  readonly #search = h('input', { type: 'search', id: 'search', placeholder: 'User, address or ID', maxLength: 100, autocomplete: 'off', spellcheck: false });
  readonly #route = h('select', { id: 'route' }, h('option', { value: '' }, 'All routes'));
  readonly #chip = h('button', { type: 'button', className: 'chip', hidden: true, title: 'Show all users' });
  readonly #list = h('ul', { className: 'rows' });
  readonly #empty = h('p', { className: 'empty' });
  readonly #range = h('p', { className: 'range', aria: { role: 'status' } });
  readonly #back = h('button', { type: 'button' }, 'Previous');
  readonly #next = h('button', { type: 'button' }, 'Next');
  #routes: string[] = [];

  /** look asks the guard for another view. */
  constructor(private readonly look: (view: View) => void) {
    const group = h('div', { className: 'switch', aria: { role: 'group', label: 'How connections are listed' } }, this.#byUser, this.#single);
    byId('connections').append(
      h('div', { className: 'tools' }, group, h('label', { htmlFor: 'route', className: 'unseen' }, 'Route'), this.#route,
        h('label', { htmlFor: 'search', className: 'unseen' }, 'Search connections'), this.#search, this.#chip),
      this.#list, this.#empty, h('div', { className: 'pager' }, this.#range, this.#back, this.#next));
    this.#byUser.addEventListener('click', () => this.#turn({ group: true, user: null }));
    this.#single.addEventListener('click', () => this.#turn({ group: false }));
    this.#route.addEventListener('change', () => this.#turn({ route: this.#route.value }));
    this.#chip.addEventListener('click', () => this.#turn({ user: null, group: true }));
    this.#search.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#turn({ query: this.#search.value.trim() }), pause);
    });
    this.#back.addEventListener('click', () => this.#turn({ offset: Math.max(0, (this.#page?.offset ?? 0) - limit) }));
    this.#next.addEventListener('click', () => this.#turn({ offset: (this.#page?.offset ?? 0) + limit }));
    this.#mark();
  }

  /** What the page shows. */
  get view(): View {
    return this.#view;
  }

  /** Shows the connections of a route. */
  showRoute(route: string): void {
    this.#turn({ route, user: null });
    byId('connections').scrollIntoView();
    this.#route.focus({ preventScroll: true });
  }

  #turn(change: Partial<View>): void {
    this.#view = { ...this.#view, offset: 0, ...change };
    this.#mark();
    this.look(this.#view);
  }

  /** Marks what is chosen. */
  #mark(): void {
    this.#byUser.setAttribute('aria-pressed', String(this.#view.group));
    this.#single.setAttribute('aria-pressed', String(!this.#view.group));
    this.#route.value = this.#view.route;
    this.#chip.hidden = this.#view.user === null;
    setText(this.#chip, `${this.#view.user || 'anonymous'} ✕`);
    this.#chip.setAttribute('aria-label', `Only ${this.#view.user || 'anonymous'}: show all users`);
  }

  /** Takes up which routes there are, and the guard's clock. */
  now(routes: RouteNow[], at: number): void {
    this.#now = at;
    const paths = routes.map((r) => r.path);
    if (paths.join('\n') !== this.#routes.join('\n')) {
      this.#routes = paths;
      this.#route.replaceChildren(h('option', { value: '' }, 'All routes'), ...paths.map((path) => h('option', { value: path }, path)));
      this.#route.value = this.#view.route;
    }
    for (const time of this.#list.querySelectorAll('time')) setText(time, age(at - Date.parse(time.dateTime)));
  }

  /** Writes a page. A row keeps its element, and with it the focus, as long as it is there. */
  render(page: Page): void {
    this.#page = page;
    const rows = [...(page.users ?? []).map((u) => ({ key: `u ${u.user}`, user: u })), ...(page.rows ?? []).map((c) => ({ key: `c ${c.id}`, connection: c }))];
    reconcile(this.#list, rows, (r) => r.key, (r) => ('user' in r ? this.#userRow(r.user) : this.#row(r.connection)), (element, r) => {
      if ('user' in r) this.#fill(element, r.user);
    });
    const shown = rows.length;
    this.#list.hidden = shown === 0;
    this.#empty.hidden = shown > 0;
    setText(this.#empty, this.#nothing());
    const what = page.users || this.#view.group ? 'user' : 'connection';
    setText(this.#range, shown === 0 ? '' : page.total <= shown ? plural(page.total, what) : `${count(page.offset + 1)} to ${count(page.offset + shown)} of ${plural(page.total, what)}`);
    this.#back.hidden = this.#next.hidden = page.total <= limit;
    this.#back.disabled = page.offset === 0;
    this.#next.disabled = page.offset + shown >= page.total;
  }

  #nothing(): string {
    const { query, route, user } = this.#view;
    if (query || route || user !== null) return 'No connection is like this.';
    return this.#routes.length ? `Nobody is connected. Clients show up here as they open ${this.#routes.slice(0, 3).join(', ')}.` : 'Nobody is connected.';
  }

  #userRow(u: UserGroup): HTMLLIElement {
    const open = h('button', { type: 'button', className: 'link', title: 'Show the connections' }, u.user || 'anonymous');
    open.addEventListener('click', () => this.#turn({ user: u.user, group: false }));
    const end = h('button', { type: 'button', className: 'danger', hidden: u.user === '', aria: { label: `Revoke user ${u.user}` } }, 'Revoke user');
    const row = h('li', {},
      h('div', { className: 'who' }, h('strong', {}, open), h('span', { className: 'facts' })),
      h('div', { className: 'buttons' }, end));
    end.addEventListener('click', () => this.#revokeUser(u.user, row.dataset['one']!));
    return row;
  }

  #fill(row: HTMLElement, u: UserGroup): void {
    row.dataset['one'] = u.one;
    const sessions = u.sessions > 0 ? `, ${plural(u.sessions, 'session')}` : '';
    const more = u.routes.length > 3 ? ` and ${u.routes.length - 3} more` : '';
    setText(row.querySelector('.facts')!, `${plural(u.count, 'connection')}${sessions} on ${u.routes.slice(0, 3).join(', ')}${more}, oldest for ${age(this.#now - Date.parse(u.since))}`);
  }

  #row(c: Connection): HTMLLIElement {
    const name = c.user || 'anonymous';
    const button = (text: string, label: string, act: () => void, shown = true) => {
      const b = h('button', { type: 'button', className: 'danger', hidden: !shown, aria: { label } }, text);
      b.addEventListener('click', act);
      return b;
    };
    return h('li', { data: { connection: c.id } },
      h('div', { className: 'who' },
        h('strong', {}, name),
        h('span', { className: 'facts' }, `${c.route} from ${c.client}, for `, h('time', { dateTime: c.since, title: c.since }, age(this.#now - Date.parse(c.since))), c.session && `, session ${c.session}`, ', ', h('code', {}, c.id))),
      h('div', { className: 'buttons' },
        button('Close', `Close connection ${c.id} of ${name}`, () => this.#close(c)),
        button('Revoke session', `Revoke session ${c.session} of ${name}`, () => this.#revokeSession(c), c.session !== ''),
        button('Revoke user', `Revoke user ${name}`, () => this.#revokeUser(c.user, c.id), c.user !== '')));
  }

  #close(c: Connection): void {
    confirm(`Close this connection of ${c.user || 'an anonymous client'}?`, `It is closed with 4003 on ${c.route}. Its sign-in stays valid: whoever it is may connect again.`, 'Close connection',
      () => this.#then(closeConnection(c.id)), 'The connection is closed.');
  }

  #revokeSession(c: Connection): void {
    confirm(`Revoke session ${c.session} of ${c.user}?`, 'All connections of this session are closed with 4001, on all guards, and its tickets and credentials are refused from now on.', 'Revoke session',
      () => this.#then(revokeSession(c.id)), `The session ${c.session} is revoked.`);
  }

  #revokeUser(user: string, connection: string): void {
    confirm(`Revoke all sign-ins of ${user}?`, 'All connections of this user are closed with 4001, on all guards. Whoever signs in again is welcome.', 'Revoke user',
      () => this.#then(revokeUser(connection)), `All sign-ins of ${user} are revoked.`);
  }

  /** Asks for the page again when act is done: nobody waits for the next tick to see it. */
  async #then(act: Promise<void>): Promise<void> {
    try {
      await act;
    } finally {
      this.look(this.#view);
    }
  }
}
