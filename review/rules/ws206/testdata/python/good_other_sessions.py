import redis
from flask import Flask, session
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


def configure(config):
    # The password of a store, and a session of another service.
    config.update_redis_password(read_secret("redis"))
    imap.logout()
