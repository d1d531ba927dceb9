// Whether what the page shows is of now.
import { byId, h, setText } from './dom.ts';
import type { Link } from './feed.ts';
import { clock } from './format.ts';
import type { Now } from './protocol.ts';

/** The line in the header, and the notices below it. */
export class Status {
  readonly #line = byId('status');
  readonly #notices = byId('notices');
  readonly #countdown = h('span', { aria: { hidden: 'true' } });
  #link: Link = { name: 'connecting' };
  #since: number | undefined; // when the connection was lost
  #notice: HTMLElement | undefined;
  #state: HTMLElement | undefined;
  readonly #retry: () => void;

  constructor(retry: () => void) {
    this.#retry = retry;
    setInterval(() => this.#count(), 500);
  }

  /** Takes up where the connection stands. seen says that there is something to show. */
  link(link: Link, seen: boolean): void {
    const lost = seen && link.name !== 'open';
    if (!lost) this.#since = undefined;
    else this.#since ??= Date.now();
    const waited = this.#link.name;
    this.#link = link;
    document.body.dataset['link'] = lost ? 'lost' : link.name;
    const words = { connecting: lost ? 'Disconnected' : 'Connecting', open: 'Live', waiting: 'Disconnected', 'signed-out': 'Signed out', refused: 'Refused' };
    setText(this.#line, words[link.name]);
    // Attempts come and go; the notice says all along that nothing is of now.
    if (link.name === 'connecting' && waited !== 'open' && this.#notice) return this.#count();
    this.#notice?.remove();
    this.#notice = this.#about(link);
    if (this.#notice) this.#notices.prepend(this.#notice);
    this.#count();
  }

  #about(link: Link): HTMLElement | undefined {
    if (link.name !== 'waiting' && link.name !== 'refused') return undefined;
    const again = h('button', { type: 'button' }, 'Try now');
    again.addEventListener('click', this.#retry);
    const since = this.#since === undefined ? 'No connection to the guard' : `Disconnected since ${clock(this.#since)}`;
    return h('div', { className: 'notice bad', id: 'lost' },
      h('p', {}, h('strong', {}, since), `: ${link.why}. `, link.name === 'refused' ? 'It does not want the page to come back by itself. ' : this.#countdown), again);
  }

  #count(): void {
    if (this.#link.name === 'waiting') {
      const left = Math.max(0, Math.ceil((this.#link.until - Date.now()) / 1000));
      setText(this.#countdown, left > 0 ? `Next attempt in ${left} s.` : 'Trying again.');
    } else if (this.#link.name === 'connecting') setText(this.#countdown, 'Trying again.');
  }

  /** Says what is the matter with the guard itself. */
  now(now: Now): void {
    const matters: string[] = [];
    if (now.draining) matters.push('The guard is draining: it admits nobody, and its connections are told to leave.');
    if (now.store.lost) matters.push('The shared store does not answer: no ticket is minted or redeemed, and limits count in this guard alone.');
    if (now.panics > 0) matters.push('The guard recovered from a panic, which is a defect: see its log.');
    const text = matters.join(' ');
    if (text === (this.#state?.textContent ?? '')) return;
    this.#state?.remove();
    this.#state = text ? h('p', { className: 'notice warn', id: 'matter', aria: { role: 'alert' } }, text) : undefined;
    if (this.#state) this.#notices.append(this.#state);
  }
}
