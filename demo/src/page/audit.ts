// The audit log of the guard, live.
import { byID, h } from '../shared/dom.ts';

export interface AuditLine {
  '@timestamp': string;
  'event.id': string;
  'event.action': string;
  'wswarden.weakness'?: string;
  'wswarden.rule'?: string;
  'wswarden.detail'?: string;
  'wswarden.message'?: string;
  'http.request.origin'?: string;
  'user.id'?: string;
}

const linesShown = 30;

export class Audit {
  private lines: AuditLine[] = [];
  private seen = new Set<string>();
  private waiting = new Set<() => void>();

  constructor() {
    const events = new EventSource('/events');
    events.onopen = () => { byID('audit-state').textContent = 'live'; };
    events.onerror = () => { byID('audit-state').textContent = 'interrupted; trying again'; };
    events.onmessage = (event) => this.take(JSON.parse(String(event.data)) as AuditLine);
  }

  /** How many lines there are: what an attack leaves comes behind them. */
  mark(): number {
    return this.lines.length;
  }

  /** Returns the first line behind mark that fits, or null where none comes. */
  async find(mark: number, fits: (line: AuditLine) => boolean, within = 3000): Promise<AuditLine | null> {
    const deadline = Date.now() + within;
    for (;;) {
      const found = this.lines.slice(mark).find(fits);
      const left = deadline - Date.now();
      if (found || left <= 0) return found ?? null;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.waiting.add(wake);
      });
    }
  }

  private take(line: AuditLine): void {
    if (this.seen.has(line['event.id'])) return; // the server begins with the latest ones
    this.seen.add(line['event.id']);
    this.lines.push(line);
    const list = byID('audit');
    const who = line['user.id'] ?? line['http.request.origin'] ?? '';
    list.prepend(h('li', {},
      h('time', { datetime: line['@timestamp'] }, line['@timestamp'].slice(11, 19)),
      h('span', { class: 'id' }, line['wswarden.weakness'] ?? ''),
      h('strong', {}, line['wswarden.rule'] ?? line['event.action']),
      h('span', {}, [who, line['wswarden.message'], line['wswarden.detail']].filter(Boolean).join(' · '))));
    while (list.children.length > linesShown) list.lastElementChild?.remove();
    byID('audit-empty').hidden = true;
    for (const wake of [...this.waiting]) wake();
  }
}
