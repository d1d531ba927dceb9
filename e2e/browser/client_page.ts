// What the tests of the client run in a page: sockets that write down what
// happens to them. It is built by client_chromium.test.ts.
import { type Cause, type Message, type Options, renderText, safeUrl, type Schema, type State, type TicketEndpoint, WardenSocket } from '@wswarden/client';
import * as v from 'valibot';
import { z } from 'zod';

/** What can be said from outside the page. */
export interface Connect {
  url: string;
  ticket?: Pick<TicketEndpoint, 'url' | 'credentials'>;
  /** Leaves out the CSRF header. */
  bare?: boolean;
  backoff?: { base?: number; cap?: number };
  stableAfter?: number;
  connectTimeout?: number;
  schema?: 'zod' | 'valibot';
  /** Signs in by this path of the page's server when it is asked to. */
  signIn?: string;
}

// Else zod tries whether it may compile code, which the policy of the page reports.
z.config({ jitless: true });

const price = {
  zod: z.object({ type: z.literal('price'), symbol: z.string(), price: z.number() }),
  valibot: v.object({ type: v.literal('price'), symbol: v.string(), price: v.number() }),
};

class Record {
  readonly states: State[] = [];
  readonly messages: unknown[] = [];
  readonly errors: string[] = [];
  readonly refused: unknown[] = [];
  readonly signIns: Cause[] = [];
  readonly client: WardenSocket<Schema<Message>, Schema<Message>>;

  constructor(given: Connect) {
    const options: Options<Schema<Message>, Schema<Message>, 'type'> = {
      ticket: { ...given.ticket, ...(!given.bare && { csrf: () => 'x' }) },
      ...(given.schema && { schema: price[given.schema] as unknown as Schema<Message> }),
      ...(given.backoff && { backoff: given.backoff }),
      ...(given.stableAfter && { stableAfter: given.stableAfter }),
      ...(given.connectTimeout && { connectTimeout: given.connectTimeout }),
      onState: (state) => this.states.push(state),
      onMessage: (message) => this.messages.push(message),
      onError: (error) => this.errors.push(error.kind),
      onRefused: (refusal) => this.refused.push(refusal),
      onSignIn: (cause) => {
        this.signIns.push(cause);
        return given.signIn ? fetch(given.signIn, { method: 'POST' }) : undefined;
      },
    };
    this.client = new WardenSocket(given.url, options);
  }

  /** How often it has been in the state name. */
  times(name: State['name']): number {
    return this.states.filter((state) => state.name === name).length;
  }
}

const rejections: string[] = [];
addEventListener('unhandledrejection', (event) => rejections.push(String(event.reason)));
addEventListener('error', (event) => rejections.push(event.message));
const violations: string[] = [];
addEventListener('securitypolicyviolation', (event) => violations.push(`${event.violatedDirective}: ${event.sample}`));

const test = { records: [] as Record[], rejections, violations, renderText, safeUrl, connect: (given: Connect) => test.records.push(new Record(given)) - 1 };
declare global {
  interface Window {
    test: typeof test;
  }
}
window.test = test;
