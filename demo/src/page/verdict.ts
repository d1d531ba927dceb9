// What came of an attack on both sides, beside each other.
import { byID, h } from '../shared/dom.ts';
import type { Outcome } from '../shared/outcome.ts';
import { prose } from '../shared/prose.ts';
import { recordList } from '../shared/record.ts';
import { sides, type SideName } from '../shared/site.ts';
import { weakness } from '../shared/weakness.ts';
import type { Attack } from './attack.ts';
import type { AuditLine } from './audit.ts';
import { lineText, markLine, type Setting } from './config.ts';
import type { Row } from './process.ts';

const names: Record<SideName, string> = { unguarded: 'Unguarded', guarded: 'Behind the guard' };

const origins = {
  page: 'From the attacker’s page, on an origin of its own, in this browser.',
  account: 'From mallory’s window: he has an account, and writes messages by hand. In this browser.',
  process: 'No browser sends this: the demo process does, to a platform and a guard of their own.',
};

/** Why the guarded side held. */
export interface Reason {
  line: AuditLine | null;
  setting: Setting | null;
  rule: string;
}

/** Empties the panel for an attack that begins. */
export function begin(attack: Attack): void {
  byID('verdict-title').textContent = attack.title;
  byID('verdict-what').textContent = attack.what;
  byID('verdict-where').textContent = origins[attack.place];
  byID('sides').replaceChildren(waiting('unguarded'), waiting('guarded'));
  byID('reason').replaceChildren();
  byID('problem').hidden = true;
  for (const side of sides) byID(`outcome-${side}`).replaceChildren(busyBadge(attack.place === 'process' ? 'see below' : 'under attack …'));
  void showEntry(attack);
}

function waiting(side: SideName): HTMLElement {
  return h('article', { class: `side ${side}` }, h('h3', {}, names[side]), busyBadge('under attack …'));
}

function busyBadge(text: string): HTMLElement {
  return h('span', { class: 'badge busy' }, text);
}

function badge(side: SideName, worked: boolean, stopped: boolean): HTMLElement {
  if (worked) return h('span', { class: 'badge bad' }, 'The attack works');
  if (stopped) return h('span', { class: 'badge good' }, 'Stopped');
  return h('span', { class: 'badge neutral' }, side === 'unguarded' ? 'Nothing to exploit' : 'Did not work, and nothing says why');
}

/** Shows one side; stopped says that something there prevented the attack. */
export function showSide(side: SideName, outcome: Outcome, stopped: boolean): void {
  const record = h('details', { open: window.matchMedia('(min-width: 60rem)').matches }, h('summary', {}, 'What went over the wire'), recordList(outcome.steps));
  byID('sides').querySelector(`.${side}`)?.replaceWith(
    h('article', { class: `side ${side}` }, h('h3', {}, names[side]), badge(side, outcome.worked, stopped), h('p', { class: 'seen' }, sentence(outcome.seen)), record));
  byID(`outcome-${side}`).replaceChildren(badge(side, outcome.worked, stopped), ` ${sentence(outcome.seen)}`);
}

/** Shows attacks that ran in the process, as a table. */
export function showRows(rows: Row[]): void {
  const cell = (good: boolean, text: string): HTMLElement => h('td', { class: good ? 'good' : 'bad' }, text);
  byID('sides').replaceChildren(h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Outcomes' }, h('table', {},
    h('thead', {}, h('tr', {}, ...['Sent', names.unguarded, names.guarded, 'Rule'].map((t) => h('th', { scope: 'col' }, t)))),
    h('tbody', {}, ...rows.map((row) => h('tr', {}, h('th', { scope: 'row' }, row.name),
      cell(!row.unguarded.worked, row.unguarded.seen), cell(!row.guarded.worked, row.error ?? row.guarded.seen), h('td', {}, h('code', {}, row.rule ?? ''))))))));
}

/** Says below each platform how many of the attacks of the process worked. */
export function showCounts(rows: Row[]): void {
  for (const side of sides) {
    const worked = rows.filter((row) => row[side].worked).length;
    byID(`outcome-${side}`).replaceChildren(badge(side, worked > 0, side === 'guarded' && rows.every((row) => row.holds)), ` ${worked} of ${rows.length} attacks of the demo process worked.`);
  }
}

export function showReason({ line, setting, rule }: Reason): void {
  const where = setting && setting.line > 0
    ? [h('p', {}, 'Line ', h('a', { href: `#line-${setting.line}` }, String(setting.line)), ' of its configuration, ', h('code', {}, setting.path), ':'),
      h('pre', { tabindex: 0 }, h('code', {}, lineText(setting)))]
    : [h('p', {}, 'The guard always does this: no line of the configuration asks for it.')];
  byID('reason').replaceChildren(
    h('h3', {}, 'What stopped it'),
    h('p', {}, line ? 'The guard’s audit log says ' : 'Nothing was refused: the guard changed the message, by ', h('code', {}, rule),
      line?.['wswarden.detail'] ? `: ${line['wswarden.detail']}.` : '.'),
    ...where);
  if (setting) markLine(setting);
}

/** Says what went wrong, and what is of no more use. */
export function problem(text: string): void {
  byID('problem').textContent = `${text}${/[.!?]$/.test(text) ? '' : '.'}`;
  byID('problem').hidden = false;
}

/** Says in words what the page shows, for those who don't see it. */
export function announce(text: string): void {
  byID('live').textContent = text;
}

async function showEntry(attack: Attack): Promise<void> {
  const entries = await Promise.all([attack.weakness, ...(attack.also ?? [])].map(weakness));
  const [entry] = entries;
  if (!entry || byID('verdict-title').textContent !== attack.title) return;
  byID('entry').replaceChildren(
    h('p', { class: 'eyebrow' }, `${entry.id} · ${entry.severity}`),
    h('h3', {}, entry.title),
    prose(entry.text.what_goes_wrong.split('\n\n')[0] ?? ''),
    h('p', {}, h('a', { href: `/weakness.html?id=${entry.id}`, target: '_blank', rel: 'noopener' }, `The whole entry of ${entry.id}`)));
  byID('questions').replaceChildren(...entries.flatMap((e) => e.text.questions.map((q) =>
    h('details', {}, h('summary', {}, h('span', { class: 'eyebrow' }, 'A reviewer asks'), ' ', q.question), prose(q.answer)))));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
