// The configuration that the guard runs with, and the lines of it that stop attacks.
import { byID, h } from '../shared/dom.ts';

export interface Setting {
  /** Empty for what no setting turns off. */
  path: string;
  line: number;
}

let lines: string[] = [];

export async function loadConfig(): Promise<void> {
  const answer = await fetch('/config.yaml');
  lines = (await answer.text()).trimEnd().split('\n');
  byID('config').replaceChildren(...lines.map((text, i) => h('li', { id: `line-${i + 1}` }, h('code', {}, text || ' '))));
}

export async function settingOf(rule: string, message = ''): Promise<Setting> {
  const answer = await fetch(`/setting.json?${new URLSearchParams({ rule, message })}`);
  return (await answer.json()) as Setting;
}

/** The line of a setting as it stands in the file, and the next where a list begins there. */
export function lineText(setting: Setting): string {
  const key = lines[setting.line - 1] ?? '';
  const next = lines[setting.line] ?? '';
  const indent = key.length - key.trimStart().length;
  const shown = next.trim().startsWith('- ') && /:\s*(#.*)?$/.test(key) ? [key, next] : [key];
  return shown.map((line) => line.slice(indent)).join('\n');
}

/** Marks the line in the whole file below, and brings it into the view of that list. */
export function markLine(setting: Setting): void {
  const list = byID('config');
  for (const old of list.querySelectorAll('.here')) old.classList.remove('here');
  const line = document.getElementById(`line-${setting.line}`);
  if (!line) return;
  line.classList.add('here');
  list.scrollTop += line.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
}
