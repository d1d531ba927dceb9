// Carries attacks out, one at a time, on both sides.
import { byID } from '../shared/dom.ts';
import type { Outcome } from '../shared/outcome.ts';
import { attacks, type Attack } from './attack.ts';
import type { Audit } from './audit.ts';
import { settingOf } from './config.ts';
import { runProcess, type Row } from './process.ts';
import { count } from './score.ts';
import type { Stage } from './stage.ts';
import { announce, begin, problem, showCounts, showReason, showRows, showSide, type Reason } from './verdict.ts';

export class Runner {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private stage: Stage, private audit: Audit) {}

  /** Runs work when what runs has ended. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => {});
    return mine;
  }

  run(attack: Attack): Promise<void> {
    return this.alone(() => this.attack(attack));
  }

  async runAll(): Promise<void> {
    for (const attack of attacks) await this.run(attack);
    announce(`All ${attacks.length} attacks are done. ${byID('score').textContent} ${byID('score-of').textContent}.`);
  }

  beginTable(): void {
    begin({ id: 'table', title: 'The whole table', what: 'All the attacks of the terminal form, wswarden demo --check.', place: 'process', weakness: 'WS101' });
  }

  endTable(rows: Row[]): void {
    const held = rows.filter((row) => row.holds).length;
    for (const row of rows) if (row.unguarded.worked) count(row.weakness, row.holds);
    showCounts(rows);
    announce(`${rows.length} attacks, ${held} held by the guard.`);
  }

  private async attack(attack: Attack): Promise<void> {
    mark(attack, 'busy', 'running');
    begin(attack);
    announce(`${attack.title}: running on both sides.`);
    if (window.matchMedia('(max-width: 60rem)').matches) byID('verdict').scrollIntoView({ block: 'start' });
    try {
      if (attack.run) await this.inBrowser(attack, attack.run);
      else await this.inProcess(attack);
    } catch (err) {
      mark(attack, 'failed', 'could not run');
      problem(`${attack.title} could not run: ${err instanceof Error ? err.message : String(err)}`);
    }
  }

  private async inBrowser(attack: Attack, run: NonNullable<Attack['run']>): Promise<void> {
    const bare = await run(this.stage, 'unguarded');
    showSide('unguarded', bare, false);
    const before = this.audit.mark();
    const fenced = await run(this.stage, 'guarded');
    const reason = fenced.worked ? null : await this.reason(attack, fenced, before);
    // What failed for another cause than the guard is not stopped by it.
    showSide('guarded', fenced, reason !== null);
    if (reason) showReason(reason);
    this.conclude(attack, bare.worked, reason !== null, `Unguarded: ${bare.seen}. Behind the guard: ${fenced.seen}.`);
  }

  /** Finds out what held: in the audit log, or the setting that changed a message. */
  private async reason(attack: Attack, outcome: Outcome, before: number): Promise<Reason | null> {
    if (outcome.by) {
      return { line: null, rule: outcome.by.rule, setting: await settingOf(outcome.by.rule, outcome.by.message) };
    }
    const { site } = this.stage;
    const origin = attack.place === 'page' ? site.attacker : site.guarded.page;
    const line = await this.audit.find(before, (l) => outcome.event === undefined
      ? l['wswarden.rule'] !== undefined && l['http.request.origin'] === origin
      : l['event.id'] === outcome.event);
    const rule = line?.['wswarden.rule'];
    return rule ? { line, rule, setting: await settingOf(rule, line['wswarden.message']) } : null;
  }

  private async inProcess(attack: Attack): Promise<void> {
    const rows: Row[] = [];
    await runProcess(attack.weakness, (row) => {
      rows.push(row);
      showRows(rows);
    });
    const ran = rows.filter((row) => !row.error);
    showCounts(rows);
    const [first] = ran;
    if (first?.rule) {
      showReason({ line: { '@timestamp': '', 'event.id': '', 'event.action': '' }, rule: first.rule, setting: await settingOf(first.rule) });
    }
    this.conclude(attack, ran.some((row) => row.unguarded.worked), rows.every((row) => row.holds),
      rows.map((row) => `${row.name}: unguarded ${row.unguarded.seen}, behind the guard ${row.guarded.seen}`).join('. '));
  }

  private conclude(attack: Attack, worked: boolean, held: boolean, said: string): void {
    if (worked) count(attack.weakness, held);
    mark(attack, held ? 'held' : 'open', held ? worked ? 'stopped by the guard' : 'stopped; nothing to exploit unguarded' : 'not stopped by the guard');
    announce(`${attack.title}. ${said}`);
  }
}

function mark(attack: Attack, state: string, text: string): void {
  const button = byID(`attack-${attack.id}`);
  button.dataset['state'] = state;
  const label = button.querySelector('.state');
  if (label) label.textContent = text;
}
