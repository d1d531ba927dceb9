# max_size is in force while a message is inflated.
import asyncio

from websockets.asyncio.server import serve


async def collect(websocket):
    async for batch in websocket:
        await store(batch)


async def main():
    async with serve(collect, "0.0.0.0", 8765, compression="deflate", max_size=256 * 1024) as server:
        await server.serve_forever()


asyncio.run(main())
