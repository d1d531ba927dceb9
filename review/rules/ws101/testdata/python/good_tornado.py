from tornado.websocket import WebSocketHandler

ALLOWED = frozenset({"https://app.example.com"})


class Strict(WebSocketHandler):
    def check_origin(self, origin):
        return origin in ALLOWED


class Default(WebSocketHandler):  # the framework compares the host
    def on_message(self, message):
        self.write_message(message)


class Wider(WebSocketHandler):
    def check_origin(self, origin):
        return super().check_origin(origin) or origin in ALLOWED
