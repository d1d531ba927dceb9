from fastapi import FastAPI, WebSocket
from sqlalchemy import select

app = FastAPI()


@app.websocket("/profile")
async def profile(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive_json()
        async with Session() as session:
            user = await session.scalar(select(User).where(User.id == int(message["id"])))
        await websocket.send_json({"id": user.id, "name": user.display_name})
