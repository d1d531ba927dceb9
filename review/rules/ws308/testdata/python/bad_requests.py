from fastapi import FastAPI, WebSocket
import requests

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        msg = await ws.receive_json()
        await ws.send_text(requests.get(msg["url"]).text)  # want `reaches requests.get`
