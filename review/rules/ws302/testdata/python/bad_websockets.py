import json
import websockets


async def handler(ws):
    async for text in ws:
        message = json.loads(text)  # want `nothing checks types or shape`
        if message["action"] == "place_order":
            await execute_order(ws.user_id, message["symbol"], message["quantity"])


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
