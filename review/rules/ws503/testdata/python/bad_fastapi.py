import traceback

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/jobs")
async def jobs(websocket: WebSocket):
    await websocket.accept()
    while True:
        job = await websocket.receive_json()
        try:
            result = await run(job)
        except Exception:
            await websocket.send_json({"error": traceback.format_exc()})  # want `sends a stack trace to the client` medium
        else:
            await websocket.send_json({"result": result})
