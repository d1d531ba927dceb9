// The Markdown of the catalogue as elements: paragraphs, lists, code spans, bold
// words and fenced blocks are all that it has.
import { h } from './dom.ts';

const marker = /^(?:- |\d+\. )/;

export function prose(markdown: string): DocumentFragment {
  const out = document.createDocumentFragment();
  const lines = markdown.split('\n');
  for (let i = 0; i < lines.length;) {
    const line = lines[i] ?? '';
    if (line.startsWith('```')) {
      const end = lines.indexOf('```', i + 1);
      const to = end < 0 ? lines.length : end;
      out.append(codeBlock(lines.slice(i + 1, to).join('\n')));
      i = to + 1;
    } else if (marker.test(line)) {
      const list = line.startsWith('-') ? h('ul') : h('ol');
      while (marker.test(lines[i] ?? '')) {
        const [text, next] = gather(lines, i);
        list.append(h('li', {}, ...spans(text.replace(marker, ''))));
        i = next;
      }
      out.append(list);
    } else if (line === '') {
      i++;
    } else {
      const [text, next] = gather(lines, i);
      out.append(h('p', {}, ...spans(text)));
      i = next;
    }
  }
  return out;
}

export function codeBlock(text: string): HTMLPreElement {
  return h('pre', { tabindex: 0 }, h('code', {}, text));
}

/** Joins the lines of one paragraph or item. */
function gather(lines: string[], from: number): [string, number] {
  let to = from + 1;
  while (to < lines.length && lines[to] !== '' && !marker.test(lines[to] ?? '') && !lines[to]?.startsWith('```')) to++;
  return [lines.slice(from, to).map((line) => line.trim()).join(' '), to];
}

/** Code spans, bold words and links, of which the text remains. */
function spans(text: string): (Node | string)[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\(https:[^)]+\))/).filter(Boolean).map((part) => {
    if (part.startsWith('`')) return h('code', {}, part.slice(1, -1));
    if (part.startsWith('**')) return h('strong', {}, part.slice(2, -2));
    const link = /^\[([^\]]+)\]\((https:[^)]+)\)$/.exec(part);
    return link ? externalLink(link[1] ?? '', link[2] ?? '') : part;
  });
}

/** A link that leaves the machine only when somebody follows it. */
export function externalLink(text: string, href: string): HTMLAnchorElement {
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text);
}
