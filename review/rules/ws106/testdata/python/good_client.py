import os

import websockets


async def follow():
    async with websockets.connect("wss://prices.example.com/feed") as ws:
        await ws.recv()
    async with websockets.connect("ws://127.0.0.1:8765") as ws:
        await ws.recv()
    async with websockets.connect(os.environ["FEED_URL"]) as ws:
        await ws.recv()
