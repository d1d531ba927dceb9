from channels.generic.websocket import AsyncJsonWebsocketConsumer

from .models import User


class Profile(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content):
        user = await User.objects.filter(pk=int(content["id"])).afirst()
        if user is None:
            await self.send_json({"error": "not found"})
            return
        await self.send_json({"id": user.id, "name": user.display_name, "avatar": user.avatar_url})
