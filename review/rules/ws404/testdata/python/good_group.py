from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Feed(AsyncJsonWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add("news", self.channel_name)
        await self.accept()

    async def receive_json(self, content):
        if content["group"] not in ("prices", "news"):
            return
        await self.channel_layer.group_add(content["group"], self.channel_name)
