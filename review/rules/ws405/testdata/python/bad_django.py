from channels.generic.websocket import JsonWebsocketConsumer
from .models import Note


class Notes(JsonWebsocketConsumer):
    def receive_json(self, content):
        Note.objects.create(**content)  # want `is stored by`
        for field, value in content["changes"].items():
            setattr(self.note, field, value)  # want `is stored by`
        self.note.save()
