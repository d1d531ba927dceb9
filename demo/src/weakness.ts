// One entry of the catalogue, whole.
import { byID, h } from './shared/dom.ts';
import { codeBlock, externalLink, prose } from './shared/prose.ts';
import { weakness, type Weakness } from './shared/weakness.ts';

function section(title: string, ...content: (Node | string)[]): HTMLElement {
  return h('section', {}, h('h2', {}, title), ...content);
}

function show(entry: Weakness): void {
  const { text } = entry;
  document.title = `${entry.id} ${entry.title}`;
  byID('entry').replaceChildren(
    h('p', { class: 'eyebrow' }, `${entry.id} · ${entry.slug}`),
    h('h1', {}, entry.title),
    h('p', { class: 'facts' }, h('span', { class: `severity ${entry.severity}` }, entry.severity), ` ${entry.cwe.map((n) => `CWE-${n}`).join(', ')}`),
    section('What goes wrong', prose(text.what_goes_wrong)),
    section('The attack', prose(text.attack)),
    section('How to spot it', prose(text.spot)),
    section('Vulnerable and fixed', ...text.examples.flatMap((e) => [
      h('h3', {}, e.framework ? `${e.language}: ${e.framework}` : e.language), prose(e.note),
      h('h4', {}, 'Vulnerable'), codeBlock(e.vulnerable), h('h4', {}, 'Fixed'), codeBlock(e.fixed)])),
    section('Contain it with guard', prose(text.guard)),
    section('Prove it with probe', prose(text.probe)),
    section('A reviewer asks', ...text.questions.flatMap((q) => [h('h3', {}, q.question), prose(q.answer)])),
    section('References', h('ul', {}, ...text.references.map((r) => h('li', {}, externalLink(r.title, r.url), r.note ? `: ${r.note}` : '')))),
  );
}

weakness(new URLSearchParams(location.search).get('id') ?? '').then(show, (err: Error) => {
  byID('entry').replaceChildren(h('h1', {}, 'No such entry'), h('p', {}, err.message), h('p', {}, h('a', { href: '/' }, 'Back to the demo')));
});
