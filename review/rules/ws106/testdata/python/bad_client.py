import aiohttp
import websockets


async def follow():
    async with websockets.connect("ws://prices.example.com/feed") as ws:  # want `prices.example.com`
        async for message in ws:
            handle(message)


async def chat(room):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(f"ws://chat.example.net/{room}") as ws:  # want `chat.example.net`
            await ws.receive()
