import json

from websockets.asyncio.server import broadcast, serve

connected = set()


async def handler(ws):
    connected.add(ws)
    try:
        async for text in ws:
            message = json.loads(text)
            broadcast(connected, json.dumps({"type": "chat", "text": message["text"]}))  # want `"text" of the message of the client is relayed` high
    finally:
        connected.remove(ws)


async def main():
    async with serve(handler, "localhost", 8765) as server:
        await server.serve_forever()
