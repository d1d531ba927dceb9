import json
import websockets
import logging


async def handler(ws):
    async for text in ws:
        msg = json.loads(text)
        logging.info("action %r", msg["action"])
        logging.info("count %d", int(msg["count"]))


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
