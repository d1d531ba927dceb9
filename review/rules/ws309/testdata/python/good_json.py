import json
import yaml
import websockets


async def handler(ws):
    async for data in ws:
        state = json.loads(data)
        conf = yaml.safe_load(state["conf"])
        other = yaml.load(state["conf"], Loader=yaml.SafeLoader)
        await ws.send(str(conf) + str(other))


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
