import crossws from 'crossws/adapters/node';
import { setupConnection } from 'y-protocols/setup';
import { Core } from './core';

// Hooks that judge nobody are no defence.
export class Server {
  private core = new Core();
  private ws: ReturnType<typeof crossws>;

  constructor(private options: Record<string, any>) {
    this.ws = crossws({ // want `any web page can open this socket` high
      hooks: {
        open: (peer) => { setupConnection(peer); },
        message: (peer, message) => { this.core.feed(peer.id, message.uint8Array()); },
      },
    });
  }
}
