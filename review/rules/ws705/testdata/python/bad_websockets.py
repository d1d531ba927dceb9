# Compression is on by default.
import asyncio

from websockets.asyncio.server import serve


async def collect(websocket):
    async for batch in websocket:
        await store(batch)


async def main():
    async with serve(collect, "0.0.0.0", 8765, max_size=None) as server:  # want `nothing bounds what comes out` high
        await server.serve_forever()


asyncio.run(main())
