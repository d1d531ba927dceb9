import type { IncomingMessage } from 'http';

export class Core {
  constructor(private websocket?: WebSocket) {}

  hooks!: (name: string, payload: unknown) => Promise<void>;

  handleQueued = async (request: IncomingMessage) => {
    const url = new URL(request.url, 'http://localhost');
    try {
      await this.hooks('onAuthenticate', { token: url.searchParams.get('token'), request });
      this.established();
    } catch (error) {
      this.refuse();
    }
  };
}
