import asyncio

from websockets.asyncio.client import connect


async def follow():
    while True:
        try:
            async with connect("wss://feed.example.com") as ws:
                async for text in ws:
                    print(text)
        except OSError:
            pass
        await asyncio.sleep(5)  # want `after the same pause each time \(5\)` low
