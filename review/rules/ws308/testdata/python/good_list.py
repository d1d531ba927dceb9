from fastapi import FastAPI, WebSocket
import requests

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        msg = await ws.receive_json()
        if msg["url"] not in ("https://a.example/feed", "https://b.example/feed"):
            continue
        await ws.send_text(requests.get(msg["url"]).text)
