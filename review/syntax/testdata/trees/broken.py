async def handler(ws):
    data = json.loads(await ws.recv()
    ...

def after(x):
    return x +
