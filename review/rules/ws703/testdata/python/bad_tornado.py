import tornado.web
import tornado.websocket


class Ticker(tornado.websocket.WebSocketHandler):  # want `Nothing counts the connections of a client` medium
    watching = set()

    def open(self):
        self.watching.add(self)

    def on_message(self, message):
        self.symbol = message[:8]

    def on_close(self):
        self.watching.discard(self)


app = tornado.web.Application([(r"/ticker", Ticker)])
