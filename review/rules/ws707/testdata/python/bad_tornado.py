import sqlite3

from tornado.web import Application
from tornado.websocket import WebSocketHandler

db = sqlite3.connect("presence.db")


class Presence(WebSocketHandler):
    def on_message(self, message):
        self.room = message[:40]

    def on_ping(self, data):  # want `Each ping or pong frame of a client makes the server call db.execute` medium
        db.execute("UPDATE presence SET seen = datetime('now') WHERE id = ?", (self.id,))
        db.commit()


app = Application([("/presence", Presence)])
