from websockets.asyncio.server import broadcast, serve

connected = set()


async def handler(ws):
    connected.add(ws)
    try:
        async for message in ws:
            broadcast(connected, message)  # want `The whole message of a client is relayed to others` high
    finally:
        connected.discard(ws)


async def main():
    async with serve(handler, "0.0.0.0", 8765) as server:
        await server.serve_forever()
