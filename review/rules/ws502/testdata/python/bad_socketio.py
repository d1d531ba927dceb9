import socketio

sio = socketio.AsyncServer(async_mode="asgi")


@sio.event
async def login(sid, data):
    user = await check_password(data["name"], data["password"])
    await sio.save_session(sid, {"user": user})


@sio.event
async def get_profile(sid, data):
    user = await User.objects.aget(pk=data["id"])
    await sio.emit("profile", {"name": user.name, "email": user.email})  # want `goes to every open connection` medium


app = socketio.ASGIApp(sio)
