import asyncio
import random

from websockets.asyncio.client import connect


async def follow():
    delay = 1
    while True:
        try:
            async with connect("wss://feed.example.com") as ws:
                delay = 1
                async for text in ws:
                    print(text)
        except OSError:
            pass
        await asyncio.sleep(random.uniform(0, delay))
        delay = min(60, delay * 2)


async def follow_simply():
    async for ws in connect("wss://feed.example.com"):  # the library backs off
        async for text in ws:
            print(text)
