from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Chat(AsyncJsonWebsocketConsumer):
    async def connect(self):
        if self.scope["user"].is_anonymous:
            await self.close()
            return
        await self.accept()

    async def receive_json(self, content):
        await self.channel_layer.group_send(self.room, {
            "type": "chat.line",
            "user": self.scope["user"].username,
            "text": content["text"],
        })
