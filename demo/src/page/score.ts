// The counter of weaknesses closed.
import { byID } from '../shared/dom.ts';

const closed = new Set<string>();
const open = new Set<string>();

/** Counts a weakness that an attack exploited on the unguarded side. */
export function count(weakness: string, heldByGuard: boolean): void {
  (heldByGuard ? closed : open).add(weakness);
  const held = [...closed].filter((id) => !open.has(id)).length;
  const shown = new Set([...closed, ...open]).size;
  byID('score').textContent = String(held);
  byID('score-of').textContent = `of ${shown} ${shown === 1 ? 'weakness' : 'weaknesses'} shown closed by the guard`;
}
