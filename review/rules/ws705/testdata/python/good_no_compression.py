import asyncio

from websockets.asyncio.server import serve


async def collect(websocket):
    async for batch in websocket:
        await store(batch)


async def main():
    async with serve(collect, "127.0.0.1", 8765, compression=None, max_size=None) as server:
        await server.serve_forever()


asyncio.run(main())
