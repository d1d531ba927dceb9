import json

from websockets.asyncio.server import serve


async def handler(ws):
    async for text in ws:
        try:
            await handle(ws, json.loads(text))
        except Exception as err:
            await ws.close(1011, str(err))  # want `sends the text of an exception to the client` low


async def main():
    async with serve(handler, "0.0.0.0", 8765) as server:
        await server.serve_forever()
