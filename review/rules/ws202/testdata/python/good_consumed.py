# A token that its check consumes is a ticket by another name.
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    token = websocket.query_params.get("token")
    if not verify_and_consume_token(token):
        await websocket.close(4001)
        return
    await websocket.accept()
    await serve(websocket)
