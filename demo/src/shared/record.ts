// The record of a wire, as a list.
import { h } from './dom.ts';
import type { Step } from './outcome.ts';

const marks = { out: '→', in: '←', note: '·' };
const words = { out: 'sent', in: 'received', note: 'done' };

export function recordList(steps: Step[]): HTMLOListElement {
  return h('ol', { class: 'record' }, ...steps.map((step) =>
    h('li', { class: step.dir },
      h('span', { 'aria-hidden': 'true' }, marks[step.dir]), h('span', { class: 'sr-only' }, words[step.dir]), h('code', {}, step.text))));
}
