from collections import defaultdict

from websockets.asyncio.server import serve

open_by_host = defaultdict(int)


async def handler(ws):
    host = ws.remote_address[0]
    if open_by_host[host] >= 5:
        await ws.close(1013, "too many connections")
        return
    open_by_host[host] += 1  # want `only where nothing between is ended by an exception` medium
    async for text in ws:
        await ws.send(answer(text))
    open_by_host[host] -= 1


async def main():
    async with serve(handler, "0.0.0.0", 8765) as server:
        await server.serve_forever()
