// The question for the admin token.
import { byId, h } from './dom.ts';
import { setToken } from './token.ts';

/** Asks for the token and calls done once there is one. */
export class SignIn {
  readonly #box = byId('signin');
  readonly #input = h('input', { type: 'password', id: 'token', autocomplete: 'off', spellcheck: false, required: true });
  readonly #keep = h('input', { type: 'checkbox', id: 'keep' });
  readonly #wrong = h('p', { className: 'wrong', id: 'token-wrong', aria: { role: 'alert' } });

  constructor(done: () => void) {
    this.#input.setAttribute('aria-describedby', 'token-help token-wrong');
    const form = h('form', {},
      h('label', { htmlFor: 'token' }, 'Admin token'),
      this.#input,
      this.#wrong,
      h('label', { className: 'check' }, this.#keep, ' Keep it until this tab is closed'),
      h('button', { className: 'primary' }, 'Sign in'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      setToken(this.#input.value, this.#keep.checked);
      this.#input.value = '';
      done();
    });
    this.#box.append(
      h('h2', { id: 'signin-title' }, 'Sign in to the guard'),
      h('p', { id: 'token-help' }, 'This guard wants its admin token: the value of the variable that ', h('code', {}, 'admin_token_env'), ' names. It goes into the header of each request, and into no cookie.'),
      form);
  }

  /** Shows the question. wrong says that a token was tried and refused. */
  show(wrong: boolean): void {
    this.#wrong.textContent = wrong ? 'The guard refused this token.' : '';
    if (wrong) this.#input.setAttribute('aria-invalid', 'true');
    else this.#input.removeAttribute('aria-invalid');
    if (!this.#box.hidden) return;
    this.#box.hidden = false;
    this.#input.focus();
  }

  hide(): void {
    this.#box.hidden = true;
  }
}
