import re
from urllib.parse import urlparse

from tornado.websocket import WebSocketHandler

PATTERN = re.compile(r"https://(app|admin)\.example\.com")


class Full(WebSocketHandler):
    def check_origin(self, origin):
        return PATTERN.fullmatch(origin) is not None


class Anchored(WebSocketHandler):
    def check_origin(self, origin):
        return bool(re.match(r"^https://app\.example\.com\Z", origin))


class SameHost(WebSocketHandler):
    def check_origin(self, origin):
        return urlparse(origin).netloc == self.request.host


class Listed(WebSocketHandler):
    def check_origin(self, origin):
        return any(origin == o for o in ("https://app.example.com", "https://admin.example.com"))
