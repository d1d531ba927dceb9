import asyncio

from websockets.asyncio.server import serve


async def patient(ws):
    while True:
        message = await asyncio.wait_for(ws.recv(), 60)
        await ws.send(message)


async def main():
    async with serve(patient, "0.0.0.0", 8766, ping_interval=None) as server:
        await server.serve_forever()
