from tornado.websocket import WebSocketHandler


class Feed(WebSocketHandler):
    def check_origin(self, origin):  # want `lets every origin in` high
        return True

    def on_message(self, message):
        self.write_message(message)
