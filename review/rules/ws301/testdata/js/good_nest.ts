import { WebSocketGateway, SubscribeMessage, MessageBody } from '@nestjs/websockets';

@WebSocketGateway()
export class Chat {
  @SubscribeMessage('say')
  say(@MessageBody() body: string) {
    return JSON.parse(body).text; // the framework answers with an exception
  }
}
