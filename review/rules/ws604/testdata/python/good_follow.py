import json

from websockets.asyncio.client import connect


async def follow():
    async with connect("wss://feed.example.com") as ws:
        async for text in ws:
            try:
                message = json.loads(text)
            except ValueError:
                continue
            print(message.get("price"))
