from tornado.ioloop import IOLoop
from tornado.web import Application
from tornado.websocket import WebSocketHandler


class Console(WebSocketHandler):  # want `tornado compares Origin with the Host of the request, and Host with nothing` medium
    def on_message(self, message):
        self.write_message(run(message))


app = Application([("/ws", Console)])
app.listen(8888, address="127.0.0.1")
IOLoop.current().start()
