// The page that shows everything.
import { byID, h } from './shared/dom.ts';
import { loadSite, sides } from './shared/site.ts';
import { attacks, type Attack } from './page/attack.ts';
import { Audit } from './page/audit.ts';
import { loadConfig } from './page/config.ts';
import { measureCookies } from './page/cookies.ts';
import { runProcess } from './page/process.ts';
import { Runner } from './page/runner.ts';
import { Stage } from './page/stage.ts';
import { problem, showRows } from './page/verdict.ts';

const places = {
  page: 'From a page that alice visits',
  account: 'From somebody with an account',
  process: 'With what no browser sends',
};

/** The list of attacks: a button each. */
function list(run: (attack: Attack) => Promise<void>): void {
  for (const [place, title] of Object.entries(places)) {
    const items = attacks.filter((attack) => attack.place === place).map((attack) =>
      h('li', {}, h('button', { type: 'button', id: `attack-${attack.id}`, class: 'attack', click: () => void run(attack) },
        h('span', { class: 'id' }, attack.weakness), h('span', { class: 'title' }, attack.title), h('span', { class: 'state' }))));
    byID('attacks').append(h('h3', {}, title), h('ul', {}, ...items));
  }
}

function addresses(stage: Stage): void {
  const { site } = stage;
  const set = (id: string, origin: string): void => { byID(id).textContent = origin.replace('http://', ''); };
  set('at-unguarded', site.unguarded.page);
  set('at-guarded', site.guarded.page);
  set('at-attacker', site.attacker);
  byID<HTMLAnchorElement>('attacker-tab').href = site.attacker;
  byID('at-sibling-name').textContent = site.attacker;
  byID('at-foreign-name').textContent = site.foreign;
}

/** Runs work while its button waits, and says what went wrong. */
function busy(id: string, work: () => Promise<void>): void {
  const button = byID<HTMLButtonElement>(id);
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await work();
    } catch (err) {
      problem(`That did not work: ${err instanceof Error ? err.message : String(err)}`);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
}

async function start(): Promise<void> {
  const site = await loadSite();
  const stage = new Stage(site);
  const runner = new Runner(stage, new Audit());
  addresses(stage);
  list((attack) => runner.run(attack));
  await loadConfig();
  const [first] = attacks;
  busy('first', async () => { if (first) await runner.run(first); });
  busy('all', () => runner.runAll());
  busy('measure', () => runner.alone(() => measureCookies(stage)));
  busy('table', () => runner.alone(async () => {
    const rows: Parameters<typeof showRows>[0] = [];
    runner.beginTable();
    await runProcess(null, (row) => {
      rows.push(row);
      showRows(rows);
    });
    runner.endTable(rows);
  }));
  await Promise.all(sides.map((side) => stage.panes[side].ready));
  document.body.dataset['ready'] = 'true';
}

start().catch((err: Error) => problem(`The demo could not start: ${err.message}. Reload the page.`));
