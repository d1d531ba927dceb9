import ipaddress
from urllib.parse import urlparse

from fastapi import FastAPI, WebSocket

app = FastAPI()


def trusted(origin):
    host = urlparse(origin).hostname
    if host == "app.example.com":
        return True
    try:
        ipaddress.ip_address(host)  # want `lets in http://203\.0\.113\.7` high
        return True
    except ValueError:
        return False


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    if not trusted(websocket.headers.get("origin", "")):
        await websocket.close()
        return
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
