from channels.generic.websocket import JsonWebsocketConsumer

from .models import Account


class Consumer(JsonWebsocketConsumer):
    def receive_json(self, content):
        account = Account.objects.get(pk=content["id"])
        self.send_json({"id": account.id, "name": account.display_name})
