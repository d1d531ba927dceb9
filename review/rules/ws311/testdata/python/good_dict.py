import json
import websockets
from session import session


async def chat(ws, msg):
    await ws.send("ok")


HANDLERS = {"chat": chat}


async def handler(ws):
    async for text in ws:
        msg = json.loads(text)
        handler = HANDLERS.get(msg["type"])
        if handler:
            await handler(ws, msg)
        if msg["type"] in ("chat", "ping"):
            await getattr(session, msg["type"])(msg)


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
