from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
connected: set[WebSocket] = set()


@app.websocket("/chat")
async def chat(websocket: WebSocket):
    await websocket.accept()
    connected.add(websocket)
    try:
        while True:
            text = await websocket.receive_text()  # want `Nothing counts the messages of a connection, and each one is sent to others` medium
            for other in connected:
                await other.send_text(text[:500])
    except WebSocketDisconnect:
        pass
    finally:
        connected.discard(websocket)
