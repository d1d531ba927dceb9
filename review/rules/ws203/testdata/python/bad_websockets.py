import json

import websockets


async def handler(ws):
    user = None
    async for text in ws:
        message = json.loads(text)
        if message["type"] == "auth":
            user = await verify_token(message["token"])
        elif message["type"] == "place_order":
            await execute_order(user, message["symbol"], message["quantity"])  # want `"place_order"`


async def main():
    async with websockets.serve(handler, "localhost", 8765):
        await forever()
