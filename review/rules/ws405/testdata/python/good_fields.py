from channels.generic.websocket import JsonWebsocketConsumer
from .models import Note

EDITABLE = ("title", "text")


class Notes(JsonWebsocketConsumer):
    def receive_json(self, content):
        Note.objects.create(title=content["title"], text=content["text"])
        for field, value in content["changes"].items():
            if field not in EDITABLE:
                continue
            setattr(self.note, field, value)
        self.note.save()
