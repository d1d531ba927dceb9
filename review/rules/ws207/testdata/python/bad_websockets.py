import json

import websockets


async def handler(ws):
    user = await verify_token(await ws.recv())
    if user is None:
        await ws.close(4001, "unauthorized")
        return
    async for text in ws:
        message = json.loads(text)
        if message["action"] == "set_role":
            if user["role"] != "admin":
                continue
            await set_role(message["target"], message["role"])  # want `set_role is decided`


async def main():
    async with websockets.serve(handler, "localhost", 8765):
        await forever()
