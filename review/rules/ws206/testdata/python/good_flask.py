from flask import Flask, session
from flask_login import current_user, login_required, logout_user
from flask_socketio import SocketIO

app = Flask(__name__)
socketio = SocketIO(app)


@socketio.on("connect")
def connect():
    if "user" not in session:
        return False


@socketio.on("order")
def order(data):
    place_order(session["user"], data["symbol"])


@app.post("/logout")
@login_required
def logout():
    for sid in sids_of(current_user.id):
        socketio.server.disconnect(sid)
    logout_user()
    return "", 204
