// The configuration in force, as guard --check prints it.
import { ApiError, configuration } from './api.ts';
import { byId, h, setText, table } from './dom.ts';
import { plural } from './format.ts';
import type { Configuration } from './protocol.ts';

export class Settings {
  readonly #file = h('p', { className: 'quiet' });
  readonly #warnings = h('ul', { className: 'warnings' });
  readonly #search = h('input', { type: 'search', id: 'setting', placeholder: 'Setting or value', autocomplete: 'off', spellcheck: false });
  readonly #written = h('input', { type: 'checkbox', id: 'written' });
  readonly #body = h('tbody');
  readonly #empty = h('p', { className: 'empty' }, 'The settings have not come yet.');
  #known: Configuration | undefined;
  #revision: number | undefined;

  constructor() {
    byId('configuration').append(this.#file, this.#warnings,
      h('div', { className: 'tools' }, h('label', { htmlFor: 'setting', className: 'unseen' }, 'Search settings'), this.#search, h('label', { className: 'check' }, this.#written, ' only what the file says')),
      table('Settings in force', ['Setting', 'Value', 'From'], this.#body), this.#empty);
    this.#search.addEventListener('input', () => this.#write());
    this.#written.addEventListener('change', () => this.#write());
  }

  /** Forgets what is known: another guard may be there. */
  forget(): void {
    this.#revision = undefined;
  }

  /** Asks for the settings where another configuration was put in force. */
  async revision(revision: number): Promise<void> {
    if (revision === this.#revision) return;
    this.#revision = revision;
    try {
      this.#known = await configuration();
      this.#write();
    } catch (error) {
      this.#revision = undefined; // the next tick asks again
      if (!this.#known) setText(this.#empty, `The settings did not come: ${error instanceof ApiError ? error.message : 'the answer could not be read'}`);
    }
  }

  #write(): void {
    if (!this.#known) return;
    const { file, settings, warnings } = this.#known;
    setText(this.#file, warnings.length ? `${file} loosens ${plural(warnings.length, 'defence')}:` : `${file} loosens no defence.`);
    this.#warnings.replaceChildren(...warnings.map((w) => h('li', {}, h('span', { className: 'badge' }, w.weakness), ` ${w.path}${w.line ? ` (line ${w.line})` : ''}: ${w.opens}. To close it: ${w.close}`)));
    this.#warnings.hidden = warnings.length === 0;
    const words = this.#search.value.trim().toLowerCase();
    const shown = settings.filter((s) => (!this.#written.checked || s.from !== 'default') && `${s.path} ${s.value}`.toLowerCase().includes(words));
    this.#body.replaceChildren(...shown.map((s) => h('tr', { className: s.from === 'default' ? 'quiet' : '' }, h('th', { scope: 'row' }, s.path), h('td', {}, s.value), h('td', {}, s.from))));
    this.#empty.hidden = shown.length > 0;
    setText(this.#empty, 'No setting is like this.');
  }
}
