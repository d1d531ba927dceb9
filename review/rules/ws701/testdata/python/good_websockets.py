# The default, 1 MiB, is in force.
import asyncio
import json

from websockets.asyncio.server import serve


async def handler(websocket):
    async for text in websocket:
        message = json.loads(text)
        await websocket.send(json.dumps({"id": message["id"], "ok": True}))


async def main():
    async with serve(handler, "0.0.0.0", 8765, ping_interval=20) as server:
        await server.serve_forever()


asyncio.run(main())
