# One name, one repair: the other places are not told again.
import os


class Store:
    def __init__(self, tab):
        self.path = os.path.join("data", tab)

    def load(self):
        with open(self.path) as f:  # want `reaches open`
            return f.read()

    def save(self, text):
        with open(self.path, "w") as f:
            f.write(text)
        os.remove(self.path + ".old")
