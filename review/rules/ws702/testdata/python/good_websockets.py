import json
import time

from websockets.asyncio.server import broadcast, serve

connected = set()


class Bucket:
    def __init__(self, rate, burst):
        self.rate, self.burst, self.tokens = rate, burst, burst
        self.at = time.monotonic()

    def take(self):
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


async def handler(ws):
    bucket = Bucket(rate=1, burst=20)
    connected.add(ws)
    try:
        async for text in ws:
            if not bucket.take():
                await ws.close(1008, "rate")
                return
            broadcast(connected, json.dumps({"text": text[:500]}))
    finally:
        connected.discard(ws)
