from channels.generic.websocket import JsonWebsocketConsumer
from django.forms.models import model_to_dict

from .models import Account


class Consumer(JsonWebsocketConsumer):
    def receive_json(self, content):
        account = Account.objects.get(pk=content["id"])
        self.send_json(model_to_dict(account))  # want `whole stored record` medium
