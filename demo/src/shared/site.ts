// Where the parts of the demo are, as the server says.

export const sides = ['unguarded', 'guarded'] as const;

export type SideName = (typeof sides)[number];

export interface Side {
  /** Origin of the platform's page. */
  page: string;
  /** Address of its WebSocket. */
  socket: string;
  /** Where the guard gives tickets; absent where there is no guard. */
  ticket?: string;
}

export interface Site {
  /** Origin of the page that shows everything. */
  page: string;
  unguarded: Side;
  guarded: Side;
  /** The attacker's page: the same site as the platforms, another origin. */
  attacker: string;
  /** The attacker's page under a name of another site. */
  foreign: string;
}

/** Asks the server that this page came from. */
export async function loadSite(): Promise<Site> {
  const answer = await fetch('/site.json');
  if (!answer.ok) throw new Error(`the demo answers ${answer.status}`);
  return (await answer.json()) as Site;
}
