from fastapi import FastAPI, WebSocket
import ast

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        msg = await ws.receive_json()
        value = ast.literal_eval(msg["value"])
        number = eval(str(int(msg["n"])))
        await ws.send_text(str(value) + str(number))
