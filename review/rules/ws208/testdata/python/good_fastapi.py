import jwt
from fastapi import FastAPI, WebSocket

app = FastAPI()


def authenticate(token):
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.decode(token, KEYS[kid], algorithms=["RS256"], issuer="https://id.example.com")


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    user = authenticate(websocket.headers.get("authorization"))
    await websocket.accept()
    while True:
        await handle(user, await websocket.receive_json())
