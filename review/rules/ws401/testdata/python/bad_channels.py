from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Chat(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content):
        await self.channel_layer.group_send(self.room, {
            "type": "chat.line",
            "user": content["username"],  # want `says who speaks` high
            "text": content["text"],
        })
