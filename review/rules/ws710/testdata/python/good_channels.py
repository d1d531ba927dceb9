from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Feed(AsyncJsonWebsocketConsumer):
    async def connect(self):
        self.joined = set()
        await self.accept()

    async def receive_json(self, content):
        if len(self.joined) >= 20:
            await self.close(1008)
            return
        self.joined.add(content["group"])
        await self.channel_layer.group_add(content["group"], self.channel_name)


class Board(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content):
        if content["group"] not in ("prices", "news"):
            return
        await self.channel_layer.group_add(content["group"], self.channel_name)
