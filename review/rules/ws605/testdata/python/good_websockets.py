import asyncio
import random

from websockets.asyncio.client import connect


async def follow(url):
    ceiling = 1
    while True:
        try:
            async with connect(url) as ws:
                async for message in ws:
                    await store(message)
                    ceiling = 1
        except OSError as err:
            log.warning("feed: %s", err)
        await asyncio.sleep(random.uniform(0, ceiling))
        ceiling = min(60, ceiling * 2)


asyncio.run(follow("wss://feed.example.com/ws"))
