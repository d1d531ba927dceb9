# The allowed origin is a property, which is computed while the check is judged.
from tornado.websocket import WebSocketHandler


class Base:
    @property
    def allow_origin(self):
        return self.settings.get("allow_origin", "https://app.example.com")


class Feed(Base, WebSocketHandler):
    def check_origin(self, origin):
        allowed = self.allow_origin
        return origin == allowed

    def on_message(self, message):
        self.write_message(message)
