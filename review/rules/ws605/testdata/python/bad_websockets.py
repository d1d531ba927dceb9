import asyncio

from websockets.asyncio.client import connect


async def follow(url):
    while True:
        try:
            async with connect(url) as ws:
                async for message in ws:
                    await store(message)
        except OSError as err:
            log.warning("feed: %s", err)
        await asyncio.sleep(5)  # want `reconnects after the same pause each time \(5\)` low


asyncio.run(follow("wss://feed.example.com/ws"))
