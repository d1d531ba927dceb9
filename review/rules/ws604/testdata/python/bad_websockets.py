import asyncio
import json

from websockets.asyncio.client import connect


async def follow(url):
    async with connect(url) as ws:
        async for text in ws:
            message = json.loads(text)  # want `json.loads throws` low
            await trade(message.get("symbol"), message.get("price"))


asyncio.run(follow("wss://feed.example.com/ws"))
