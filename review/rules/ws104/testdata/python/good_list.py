from tornado.ioloop import IOLoop
from tornado.web import Application
from tornado.websocket import WebSocketHandler

ORIGINS = {"http://localhost:8888", "http://127.0.0.1:8888"}


class Console(WebSocketHandler):
    def check_origin(self, origin):
        return origin in ORIGINS

    def on_message(self, message):
        self.write_message(run(message))


app = Application([("/ws", Console)])
app.listen(8888, address="127.0.0.1")
IOLoop.current().start()
