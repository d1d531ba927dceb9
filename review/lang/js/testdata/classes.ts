import { WebSocketGateway, SubscribeMessage, MessageBody, ConnectedSocket } from '@nestjs/websockets';
import type { Socket } from 'socket.io';
import WebSocket = require('ws');
import Server = io.Server;

@WebSocketGateway({ cors: { origin: '*' } })
export class ChatGateway extends Base<Socket> implements OnGatewayConnection, ns.Other {
  @WebSocketServer() server: Server;
  static count = 0;
  #secret = 'x';
  private readonly clients = new Map<string, WebSocket>();
  declare later: string;
  optional?: number;
  handler = (data: string) => { this.handle(data); };
  static { setup(); }

  constructor(private readonly io: Server, @Inject('X') public name = 'n', plain: string) {
    super();
    plain.trim();
  }

  @SubscribeMessage('msg')
  async onMessage(@MessageBody() data: Dto, @ConnectedSocket() client: Socket): Promise<void> {
    this.server.emit('msg', data);
  }

  @UseGuards(AuthGuard) @SubscribeMessage('admin') admin(this: ChatGateway) {}

  get size(): number { return this.#secret.length; }
  set size(v) {}
  static async *make() {}
  ['computed']() {}
  [Symbol.iterator]() {}
  overload(a: string): void;
  overload(a: number): void;
  overload(a: any) {}
}

abstract class A { abstract run(x: string): number; protected abstract y: string; concrete() {} }
@Injectable() export abstract class B {}
export default class extends A {}
