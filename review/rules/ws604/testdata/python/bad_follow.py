import json

from websockets.asyncio.client import connect


async def follow():
    async with connect("wss://feed.example.com") as ws:
        async for text in ws:
            message = json.loads(text)  # want `json.loads throws on a message that isn't as expected`
            print(message["price"])
