// Which cookies reach the platform from the attacker's page: measured, not told.
import { byID, h } from '../shared/dom.ts';
import type { Outcome } from '../shared/outcome.ts';
import { announce } from './verdict.ts';
import type { Stage } from './stage.ts';

const shapes = [
  { samesite: 'none', name: 'SameSite=None; Secure' },
  { samesite: 'unset', name: 'no SameSite' },
  { samesite: 'lax', name: 'SameSite=Lax' },
  { samesite: 'strict', name: 'SameSite=Strict' },
];

/** Signs alice in with each kind of cookie, and tries the unguarded socket from both addresses. */
export async function measureCookies(stage: Stage): Promise<void> {
  const rows = byID('cookie-rows');
  rows.replaceChildren();
  try {
    for (const { samesite, name } of shapes) {
      await stage.panes.unguarded.call('signIn', { samesite });
      const cells: HTMLElement[] = [];
      for (const frame of [stage.sibling, stage.foreign]) {
        const { worked } = await frame.call<Outcome>('attack', { side: 'unguarded', name: 'hijack' });
        cells.push(h('td', { class: worked ? 'bad' : 'good' }, worked ? 'served as alice' : 'served as nobody'));
      }
      rows.append(h('tr', {}, h('th', { scope: 'row' }, h('code', {}, name)), ...cells));
    }
  } finally {
    await stage.panes.unguarded.call('signIn', { samesite: 'lax' });
  }
  byID('cookie-table').hidden = false;
  announce('Measured: the table has what each cookie does.');
}
