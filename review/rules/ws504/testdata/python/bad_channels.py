from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.forms.models import model_to_dict

from .models import User


class Profile(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content):
        user = await User.objects.aget(pk=content["id"])
        await self.send_json(model_to_dict(user))  # want `sends a whole stored record to the client` medium
