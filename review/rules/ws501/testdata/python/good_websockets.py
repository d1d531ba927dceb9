import html
import json

from websockets.asyncio.server import broadcast, serve

connected = set()


async def handler(ws):
    connected.add(ws)
    try:
        async for text in ws:
            message = json.loads(text)
            if message["type"] == "chat":
                broadcast(connected, json.dumps({"type": "chat", "text": html.escape(message["text"])}))
            elif message["type"] == "vote":
                broadcast(connected, json.dumps({"type": "vote", "choice": int(message["choice"])}))
            else:
                await ws.send(json.dumps({"type": "echo", "text": message["text"]}))
    finally:
        connected.remove(ws)


async def main():
    async with serve(handler, "localhost", 8765) as server:
        await server.serve_forever()
