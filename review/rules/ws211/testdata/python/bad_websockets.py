import time

import websockets


async def handler(ws):
    session = await verify_token(await ws.recv())
    if session is None:
        await ws.close(4001, "unauthorized")
        return
    last_check = time.time()
    async for message in ws:
        if time.time() - last_check > 60:
            if not await is_session_valid(session.id):  # want `is_session_valid runs only when a message arrives`
                return
            last_check = time.time()
        await handle_message(session, message)


async def main():
    async with websockets.serve(handler, "localhost", 8765):
        await forever()
