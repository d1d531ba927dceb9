// Nothing is ended without a second question.
import { ApiError } from './api.ts';
import { byId, h } from './dom.ts';

let last: HTMLElement | undefined;

/** Says what has become of something, for all to read and hear. */
export function announce(text: string, bad = false): void {
  last?.remove();
  const note = h('p', { className: bad ? 'toast bad' : 'toast', aria: { role: bad ? 'alert' : 'status' } }, text);
  last = note;
  byId('notices').append(note);
  setTimeout(() => note.remove(), 8000);
}

/** Asks whether to do it, does it, and says how it went. */
export function confirm(question: string, consequence: string, button: string, act: () => Promise<void>, done: string): void {
  const cancel = h('button', { type: 'button' }, 'Cancel');
  const go = h('button', { type: 'button', className: 'danger' }, button);
  const dialog = h('dialog', {}, h('h2', { id: 'confirm-title' }, question), h('p', {}, consequence), h('div', { className: 'buttons' }, cancel, go));
  dialog.setAttribute('aria-labelledby', 'confirm-title');
  cancel.addEventListener('click', () => dialog.close());
  go.addEventListener('click', () => {
    go.disabled = true;
    act().then(() => announce(done), (error: unknown) => announce(error instanceof ApiError ? error.message : 'It failed.', true)).finally(() => dialog.close());
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  cancel.focus();
}
