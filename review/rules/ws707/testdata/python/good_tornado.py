import time

from tornado.web import Application
from tornado.websocket import WebSocketHandler


class Presence(WebSocketHandler):
    def open(self):
        self.seen = time.monotonic()

    def on_message(self, message):
        self.room = message[:40]

    def on_pong(self, data):
        self.seen = time.monotonic()


app = Application([("/presence", Presence)], websocket_ping_interval=20)
