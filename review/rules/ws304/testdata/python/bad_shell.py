import json
import websockets
import os
import subprocess


async def handler(ws):
    async for text in ws:
        msg = json.loads(text)
        out = subprocess.run(f"ping -c 1 {msg['host']}", shell=True, capture_output=True)  # want `reaches subprocess.run`
        os.system("touch " + msg.get("name"))  # want `reaches os.system`
        await ws.send(out.stdout)


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
