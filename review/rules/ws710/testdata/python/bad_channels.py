from channels.generic.websocket import AsyncJsonWebsocketConsumer


class Feed(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content):
        await self.channel_layer.group_add(content["group"], self.channel_name)  # want `nothing counts them`
