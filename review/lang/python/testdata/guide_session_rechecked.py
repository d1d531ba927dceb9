import websockets
import asyncio

async def handler(websocket, path):
 token = await websocket.recv()
 user = verify_jwt(token)

 if not user:
 await websocket.close(4001, "Unauthorized")
 return

 session_id = user["session_id"]
 last_check = time.time()

 async for message in websocket:
 # ✅ Re-validate session periodically (every 60 seconds)
 if time.time() - last_check > 60:
 if not await is_session_valid(session_id):
 await websocket.close(4001, "Session revoked")
 return
 last_check = time.time()

 # ✅ Re-verify permissions for sensitive operations
 msg = json.loads(message)
 if msg["action"] in SENSITIVE_ACTIONS:
 fresh_user = await get_user(user["id"])
 if not fresh_user or fresh_user["suspended"]:
 await websocket.close(4003, "Account suspended")
 return

 await handle_message(user, msg)
