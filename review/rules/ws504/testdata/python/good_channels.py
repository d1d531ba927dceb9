from channels.generic.websocket import AsyncJsonWebsocketConsumer

from .models import User

PUBLIC_FIELDS = ("id", "display_name", "avatar_url")


class Profile(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content):
        user = await User.objects.filter(pk=int(content["id"])).values(*PUBLIC_FIELDS).afirst()
        await self.send_json(user or {"error": "not found"})
