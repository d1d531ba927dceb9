/**
 * Shows value as text and nothing else. Objects are shown as JSON, null and
 * undefined as nothing. Throws for elements whose text is code.
 */
export function renderText(node: Node, value: unknown): void {
  if (/^(script|style)$/i.test(node.nodeName)) throw new TypeError(`the text of ${node.nodeName} is code`);
  node.textContent = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}

/** Schemes whose URLs run code or are a document of the page's own making. */
const active = /^(javascript|data|vbscript|blob|filesystem)$/;

/**
 * Returns value as an absolute URL if it is one of the schemes, written without
 * colon and in lower case, else undefined. URLs with a user name are refused: they
 * look like another host. Schemes that run code are refused though they be listed.
 */
export function safeUrl(value: unknown, schemes: readonly string[] = ['https']): string | undefined {
  if (typeof value !== 'string') return undefined;
  let url: URL;
  try {
    url = new URL(value); // a relative URL is none
  } catch {
    return undefined;
  }
  const scheme = url.protocol.slice(0, -1);
  return schemes.includes(scheme) && !active.test(scheme) && !url.username && !url.password ? url.href : undefined;
}
