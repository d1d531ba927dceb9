import asyncio

class Server:
    def start(self):
        self.sock = connect(self.host, port=
        self.run()

    async def handler(self, ws
        msg = await ws.recv()

    def stop(self):
        if self.sock
            self.sock.close()

    def after(self, x):
        return [x for

def last(ws):
    return ws.send("ok")
