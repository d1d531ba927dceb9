import json
import websockets
import socketio

sio = socketio.AsyncServer()


async def handler(ws):
    async for text in ws:
        try:
            message = json.loads(text)
        except ValueError:
            await ws.send('{"error":"invalid message"}')
            continue
        await store.append(message["room"], message["items"])


@sio.event
async def say(sid, data):
    return json.loads(data)  # the library logs what a handler raises, and goes on


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
