// The admin token: in memory, and in the tab's sessionStorage if its owner says
// so. Never in a cookie, which other pages could make use of.

const key = 'wswarden.admin-token';

let token = read();

function read(): string {
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return ''; // storage is switched off
  }
}

/** The headers of a request that needs the token. */
export function authorization(): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** Takes a token, and keeps it for the tab if keep says so. */
export function setToken(value: string, keep: boolean): void {
  token = value;
  try {
    if (keep && value) sessionStorage.setItem(key, value);
    else sessionStorage.removeItem(key);
  } catch {
    // It stays in memory.
  }
}

/** Forgets the token, and reports whether there was one. */
export function forgetToken(): boolean {
  const had = token !== '';
  setToken('', false);
  return had;
}
