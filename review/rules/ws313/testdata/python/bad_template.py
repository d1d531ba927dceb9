from fastapi import FastAPI, WebSocket
from jinja2 import Template

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        msg = await ws.receive_json()
        await ws.send_text(Template(msg["template"]).render())  # want `reaches Template`
