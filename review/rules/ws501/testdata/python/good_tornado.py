import json

from tornado.escape import xhtml_escape
from tornado.websocket import WebSocketHandler


class Chat(WebSocketHandler):
    members = set()

    def open(self):
        self.members.add(self)

    def on_message(self, message):
        text = xhtml_escape(message[:500])
        for member in self.members:
            member.write_message(json.dumps({"type": "chat", "html": text}))

    def on_close(self):
        self.members.discard(self)
