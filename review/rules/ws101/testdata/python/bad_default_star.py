import os

from tornado.websocket import WebSocketHandler

ALLOWED = os.environ.get("ALLOWED_ORIGINS", "*").split(",")


class Feed(WebSocketHandler):
    def check_origin(self, origin):
        return "*" in ALLOWED or origin in ALLOWED  # want `open to every origin until it is configured` medium
