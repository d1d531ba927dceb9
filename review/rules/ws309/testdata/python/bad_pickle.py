import pickle
import yaml
import websockets


async def handler(ws):
    async for data in ws:
        state = pickle.loads(data)  # want `reaches pickle.loads`
        conf = yaml.load(data, Loader=yaml.Loader)  # want `reaches yaml.load`
        await ws.send(str(state) + str(conf))


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
