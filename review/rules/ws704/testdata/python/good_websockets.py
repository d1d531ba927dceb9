# The library pings every 20 seconds by itself.
import asyncio

from websockets.asyncio.server import broadcast, serve

connected = set()


async def handler(ws):
    connected.add(ws)
    try:
        async for text in ws:
            broadcast(connected, text[:500])
    finally:
        connected.discard(ws)


async def main():
    async with serve(handler, "0.0.0.0", 8765) as server:
        await server.serve_forever()


asyncio.run(main())
