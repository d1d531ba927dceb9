/** Where and how to ask for a ticket. */
export interface TicketEndpoint {
  /** Default: the socket's own URL with /ticket behind its path, where the guard mints. */
  readonly url?: string | URL;
  /** Called for each request; its value proves that the page of the application asks. */
  readonly csrf?: () => string | Promise<string>;
  /** The header for it. Default: X-CSRF-Token, as in the guard's sign_in.csrf_header. */
  readonly csrfHeader?: string;
  /** Called for each request: further headers, such as Authorization. Default: none. */
  readonly headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** Default: same-origin. A guard on another origin of the same site needs include. */
  readonly credentials?: RequestCredentials;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

/**
 * Why there is no ticket. A function of one's own throws it to say what the
 * client has to do: 401 asks for sign-in, 429 and 503 wait for retryAfter,
 * 408 and 425 and 5xx try again, every other 4xx is the end.
 */
export class TicketError extends Error {
  override readonly name = 'TicketError';
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Milliseconds, from Retry-After. */
  readonly retryAfter: number | undefined;
  /** The word of a guard's refusal, such as "csrf_header_required". */
  readonly code: string | undefined;
  /** Names the line of the guard's audit log. */
  readonly event: string | undefined;
  constructor(status: number, details: { retryAfter?: number | undefined; code?: string | undefined; event?: string | undefined; cause?: unknown } = {}) {
    super(`ticket request: ${status || 'no answer'}${details.code ? `, ${details.code}` : ''}`, { cause: details.cause });
    this.status = status;
    this.retryAfter = details.retryAfter;
    this.code = details.code;
    this.event = details.event;
  }
}

/**
 * Asks endpoint for a ticket to the socket at url. Rejects with a TicketError,
 * or with what a callback of endpoint threw.
 */
export async function fetchTicket(url: URL, endpoint: TicketEndpoint, signal: AbortSignal): Promise<string> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json', ...(await endpoint.headers?.()) };
  if (endpoint.csrf) headers[endpoint.csrfHeader ?? 'X-CSRF-Token'] = await endpoint.csrf();
  const answer = await (endpoint.fetch ?? fetch)(endpoint.url ?? ticketUrl(url), {
    method: 'POST',
    headers,
    body: '{}',
    credentials: endpoint.credentials ?? 'same-origin',
    // A redirect leads to a sign-in page, and must not be shown the CSRF header.
    redirect: 'manual',
    signal,
  }).catch((cause: unknown) => {
    throw new TicketError(0, { cause });
  });
  if (answer.type === 'opaqueredirect') throw new TicketError(302);
  const body: unknown = await answer.json().catch(() => undefined);
  const { ticket, code, id } = (body ?? {}) as Record<string, unknown>;
  if (answer.ok && typeof ticket === 'string') return ticket;
  throw new TicketError(answer.ok ? 0 : answer.status, {
    retryAfter: readRetryAfter(answer.headers.get('Retry-After')),
    code: answer.ok ? 'no_ticket_in_answer' : text(code),
    event: text(id),
  });
}

/** Where the guard of the socket at url mints its tickets. */
export function ticketUrl(url: URL): URL {
  const to = new URL(url);
  to.protocol = to.protocol === 'wss:' ? 'https:' : 'http:';
  to.pathname += '/ticket';
  to.search = '';
  return to;
}

/** Milliseconds of a Retry-After, in seconds or as a date (RFC 9110 section 10.2.3). */
export function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(wait, 0);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
