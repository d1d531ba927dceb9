@WebSocketGateway({ cors: { origin: "*" } })
export class ChatGateway implements OnGatewayConnection {
  constructor(private readonly users: Map<string, User>) {}

  @SubscribeMessage("chat")
  handle(@MessageBody() body: { text: string }, client?: Socket): void {
    (client as any).emit("chat", <string>body.text);
  }
}
