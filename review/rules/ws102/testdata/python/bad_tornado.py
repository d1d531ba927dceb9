import re
from urllib.parse import urlparse

from tornado.websocket import WebSocketHandler


class Prefix(WebSocketHandler):
    def check_origin(self, origin):
        return re.match(r"https://app\.example\.com", origin) is not None  # want `lets in https://app\.example\.com\S*evil` high


class Suffix(WebSocketHandler):
    def check_origin(self, origin):
        return urlparse(origin).netloc.endswith("example.com")  # want `how Origin ends lets in https://evilexample\.com` high


class Subdomain(WebSocketHandler):
    def check_origin(self, origin):
        return urlparse(origin).hostname.endswith(".example.com")  # want `whoever controls any name below the same domain` medium
