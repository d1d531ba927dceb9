import jwt
from fastapi import FastAPI, WebSocket

app = FastAPI()


def authenticate(token):
    return jwt.decode(token, options={"verify_signature": False})  # want `jwt.decode reads the token`


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    user = authenticate(websocket.headers.get("authorization"))
    await websocket.accept()
    while True:
        await handle(user, await websocket.receive_json())
