from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
members: list[WebSocket] = []


@app.websocket("/chat/{name}")
async def chat(websocket: WebSocket, name: str):
    await websocket.accept()
    members.append(websocket)
    try:
        while True:
            data = await websocket.receive_json()
            for member in members:
                await member.send_json({"from": name, "text": data["text"]})  # want `is relayed to other clients as it came` high
    except WebSocketDisconnect:
        members.remove(websocket)
