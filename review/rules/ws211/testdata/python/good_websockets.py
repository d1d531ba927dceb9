import asyncio
import time

import websockets


async def recheck(ws, session):
    judged = time.monotonic()
    while time.monotonic() - judged < 120:
        await asyncio.sleep(60)
        try:
            if not await is_session_valid(session.id):
                break
            judged = time.monotonic()
        except OSError:
            log.warning("session check failed")
    await ws.close(4001, "session ended")


async def handler(ws):
    session = await verify_token(await ws.recv())
    if session is None:
        await ws.close(4001, "unauthorized")
        return
    task = asyncio.create_task(recheck(ws, session))
    try:
        async for message in ws:
            await handle_message(session, message)
    finally:
        task.cancel()


async def main():
    async with websockets.serve(handler, "localhost", 8765):
        await forever()
