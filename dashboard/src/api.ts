// Requests to the admin listener. Every one carries the token in a header.
import type { Configuration } from './protocol.ts';
import { authorization } from './token.ts';

/** Why a request failed, in a sentence for the operator. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method, cache: 'no-store', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(10_000),
      headers: { ...authorization(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, 'The guard did not answer.');
  }
  if (!answer.ok) {
    const text = (await answer.text().catch(() => '')).trim();
    throw new ApiError(answer.status, text.slice(0, 200) || `The guard answered ${answer.status}.`);
  }
  return answer;
}

/** Closes one connection, with 4003. */
export async function closeConnection(id: string): Promise<void> {
  await ask('DELETE', `/connections/${encodeURIComponent(id)}`);
}

/** Ends the session that a connection rests on, wherever it is used. */
export async function revokeSession(connection: string): Promise<void> {
  await ask('POST', '/revocations', { session_of: connection });
}

/** Ends every sign-in of the user behind a connection. */
export async function revokeUser(connection: string): Promise<void> {
  await ask('POST', '/revocations', { user_of: connection });
}

/** Asks for the settings in force. */
export async function configuration(): Promise<Configuration> {
  return (await ask('GET', '/configuration')).json() as Promise<Configuration>;
}
