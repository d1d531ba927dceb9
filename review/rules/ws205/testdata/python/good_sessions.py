import asyncio
import json
import time

import websockets


async def watch(ws, session):
    try:
        while time.time() < session.expires_at and await is_session_valid(session.id):
            await asyncio.sleep(60)
    except Exception:
        log.exception("session check failed")
    await ws.close(4001, "session ended")


async def handler(ws):
    session = await verify_token(await ws.recv())
    if session is None:
        await ws.close(4001, "unauthorized")
        return
    watcher = asyncio.create_task(watch(ws, session))
    try:
        async for message in ws:
            await handle(session, json.loads(message))
    finally:
        watcher.cancel()


async def main():
    async with websockets.serve(handler, "localhost", 8765):
        await forever()
