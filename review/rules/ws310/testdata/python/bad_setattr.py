import json
import websockets
from game import player


async def handler(ws):
    async for text in ws:
        msg = json.loads(text)
        setattr(player, msg["field"], msg["value"])  # want `names the attribute`


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
