import websockets

async def handler(websocket, path):
 # Auth only happens once at connection time
 token = await websocket.recv()
 user = verify_jwt(token)

 if not user:
 await websocket.close(4001, "Unauthorized")
 return

 # ❌ Connection stays open FOREVER — even after:
 # - Token expires
 # - User is banned
 # - Password is changed
 # - Session is revoked
 async for message in websocket:
 await handle_message(user, message)
