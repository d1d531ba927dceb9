// The page is made of text nodes: what the guard tells was written by clients.

type Child = Node | string | number | null | undefined | false;
type Props<K extends keyof HTMLElementTagNameMap> = Partial<Omit<HTMLElementTagNameMap[K], 'style' | 'dataset'>> & { data?: Record<string, string>; aria?: Record<string, string> };

/** Returns an element with children; strings become text. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props<K> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  const { data, aria, ...rest } = props;
  Object.assign(element, rest);
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(aria ?? {})) element.setAttribute(name === 'role' ? name : `aria-${name}`, value);
  element.append(...children.filter((c): c is Node | string | number => c !== null && c !== undefined && c !== false).map((c) => (typeof c === 'number' ? String(c) : c)));
  return element;
}

/** Sets the text of a node unless it is there already: screen readers and selections stay undisturbed. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Returns the element of the page with this ID. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no ${id}`);
  return element;
}

/**
 * Makes the children of parent those of items, in their order. An element stays
 * what it is as long as its key is there, so that focus and open details do.
 */
export function reconcile<T, E extends HTMLElement>(parent: HTMLElement, items: readonly T[], key: (item: T) => string, create: (item: T) => E, update: (element: E, item: T) => void): void {
  const old = new Map([...parent.children].map((child) => [(child as HTMLElement).dataset['key'] ?? '', child as E]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const k = key(item);
    let element = old.get(k);
    if (element) old.delete(k);
    else {
      element = create(item);
      element.dataset['key'] = k;
    }
    update(element, item);
    if (element === at) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
  }
  for (const gone of old.values()) gone.remove();
}

/** Returns a table with a caption for screen readers, in a box that scrolls by itself. */
export function table(caption: string, heads: string[], body: HTMLTableSectionElement): HTMLElement {
  return h('div', { className: 'scroll', tabIndex: 0, aria: { role: 'region', label: caption } },
    h('table', {}, h('caption', { className: 'unseen' }, caption), h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))), body));
}
