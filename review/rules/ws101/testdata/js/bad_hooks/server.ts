import crossws from 'crossws/adapters/node';
import { setupConnection } from 'y-protocols/setup';
import { Core } from './core';

// Whoever uses the library judges the token of the first message.
export class Server {
  private core = new Core();
  private ws: ReturnType<typeof crossws>;

  constructor(private options: Record<string, any>) {
    this.ws = crossws({ // want `not with the ticket or token that it demands` low
      hooks: {
        open: (peer) => { setupConnection(peer); },
        message: (peer, message) => { this.core.feed(peer.id, message.uint8Array()); },
      },
    });
  }
}
