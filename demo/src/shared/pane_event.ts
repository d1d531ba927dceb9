/** What the page of the victim tells the page around it. */
export type PaneEvent =
  | { kind: 'open' }
  | { kind: 'order'; userId: string }
  | { kind: 'chat'; text: string }
  /** A script that came in a message ran, signed in as this user. */
  | { kind: 'owned'; as: string };
