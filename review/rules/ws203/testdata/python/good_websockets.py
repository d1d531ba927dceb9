import json

import websockets


async def handler(ws):
    user = await verify_token(await ws.recv())
    if user is None:
        await ws.close(4001, "unauthorized")
        return
    async for text in ws:
        message = json.loads(text)
        if message["type"] == "place_order":
            await execute_order(user, message["symbol"], message["quantity"])


async def gated(ws):
    user = None
    async for text in ws:
        message = json.loads(text)
        if message["type"] == "auth":
            user = await verify_token(message["token"])
            continue
        if user is None:
            return
        if message["type"] == "place_order":
            await execute_order(user, message["symbol"], message["quantity"])


async def main():
    async with websockets.serve(handler, "localhost", 8765), websockets.serve(gated, "localhost", 8766):
        await forever()
