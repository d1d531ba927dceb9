// What the admin listener says over /live, as internal/console writes it.

export interface Sample {
  at: number; // ms since 1970, at its end
  span: number; // ms
  conns: number;
  accepted: number;
  client: number;
  server: number;
  denied: number;
  refusals?: Record<string, number>; // by weakness, '' where none fits
}

export interface RouteNow {
  path: string;
  connections: number;
  accepted: number;
  client: number;
  server: number;
  denied: number;
  monitored: number;
  bytes: number;
}

export interface Now {
  at: number;
  draining: boolean;
  connections: number;
  routes: RouteNow[];
  tickets: Record<string, number> | null;
  revocations: Record<string, number> | null;
  latency: { count: number; p50: number; p99: number; over: boolean };
  rechecks: Record<string, number> | null;
  store: { shared: boolean; lost: boolean; losses: number };
  refusals: Record<string, number>;
  panics: number;
  revision: number;
}

export interface Refusal {
  at: number;
  id: string;
  action: string;
  outcome: 'denied' | 'monitored';
  weakness?: string;
  rule: string;
  detail?: string;
  message?: string;
  route?: string;
  client?: string;
  origin?: string;
  user?: string;
  connection?: string;
  status?: number;
  close?: number;
}

export interface Connection {
  id: string;
  route: string;
  user: string;
  session: string; // a pseudonym
  client: string;
  since: string;
}

export interface UserGroup {
  user: string;
  count: number;
  sessions: number;
  routes: string[];
  since: string;
  one: string; // the ID of one of the connections
}

export interface Page {
  total: number;
  offset: number;
  rows?: Connection[];
  users?: UserGroup[];
}

export interface Hello {
  type: 'hello';
  version: string;
  started: string;
  samples: Sample[];
  titles: Record<string, string>; // of weaknesses
  refusals: Refusal[];
  now: Now;
  page: Page;
}

export interface Tick {
  type: 'tick';
  now?: Now;
  sample?: Sample;
  refusals?: Refusal[];
  skipped?: number;
  page?: Page;
}

export type Incoming = Hello | Tick;

export interface View {
  type: 'view';
  group: boolean;
  route: string;
  user: string | null;
  query: string;
  offset: number;
  limit: number;
}

export interface Configuration {
  file: string;
  settings: { path: string; value: string; from: string }[];
  warnings: { weakness: string; path: string; line: number; opens: string; close: string }[];
}
