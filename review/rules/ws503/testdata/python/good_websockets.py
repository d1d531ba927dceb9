import json
import uuid

from websockets.asyncio.server import serve


async def handler(ws):
    async for text in ws:
        try:
            await handle(ws, json.loads(text))
        except Exception as err:
            incident = uuid.uuid4().hex
            log.error("message failed: %s", err, extra={"incident": incident})
            await ws.send(json.dumps({"error": "internal error", "incident": incident}))


async def main():
    async with serve(handler, "0.0.0.0", 8765) as server:
        await server.serve_forever()
