import subprocess

from tornado import web, websocket


class Console(websocket.WebSocketHandler):
    @web.authenticated  # guards get's answer, not the socket
    async def http_get(self):
        self.render("console.html")

    def open(self):  # want `without authentication`
        self.write_message("ready")

    def on_message(self, message):
        subprocess.run(message, shell=True)
