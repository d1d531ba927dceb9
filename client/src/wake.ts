/**
 * Calls wake when the machine is online again and when the page is seen again,
 * where there is a page, until signal is aborted.
 */
export function onWake(wake: () => void, signal: AbortSignal): void {
  // Node has neither, a worker has no document.
  globalThis.addEventListener?.('online', wake, { signal });
  globalThis.document?.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wake(), { signal });
}
