const loopback = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Returns to, which may be relative to the page. Throws a TypeError unless it is
 * encrypted, or stays on the machine, or insecure is true: tickets and what
 * mints them must not be read on the way.
 */
export function resolve(to: string | URL, insecure = false): URL {
  const url = new URL(to, globalThis.location?.href);
  if (!insecure && !/^(wss|https):$/.test(url.protocol) && !loopback.test(url.hostname)) {
    throw new TypeError(`${url.protocol}//${url.host} is not encrypted: set insecurePlaintext to use it`);
  }
  return url;
}

/** Resolves the address of a socket, for which http and https may be written. */
export function resolveSocket(to: string | URL, insecure?: boolean): URL {
  const url = resolve(to, insecure);
  url.protocol = url.protocol.replace('http', 'ws');
  if (!/^wss?:$/.test(url.protocol)) throw new TypeError(`${url.protocol} is not wss:`);
  url.hash = ''; // no part of a WebSocket's address
  return url;
}
