from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Session(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content):
        await getattr(self, content["action"])(content)  # want `chooses which function`

    async def chat(self, content):
        await self.send_json(content["text"])
