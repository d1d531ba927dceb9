import json
import websockets


async def handler(ws):
    async for text in ws:
        message = json.loads(text)  # want `json.loads throws .* ends the connection` low
        await store.append(message["room"], message["items"])


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
