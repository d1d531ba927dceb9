import asyncio
import json

from websockets.asyncio.client import connect


async def follow(url):
    async with connect(url) as ws:
        async for text in ws:
            try:
                message = json.loads(text)
                symbol, price = message["symbol"], float(message["price"])
            except (ValueError, KeyError, TypeError):
                rejected.inc()
                continue
            await trade(symbol, price)


asyncio.run(follow("wss://feed.example.com/ws"))
