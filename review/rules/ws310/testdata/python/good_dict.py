import json
import websockets
from game import player

rooms = {}


async def handler(ws):
    async for text in ws:
        msg = json.loads(text)
        rooms[msg["room"]] = msg["value"]
        if msg["field"] in ("x", "y"):
            setattr(player, msg["field"], msg["value"])


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
