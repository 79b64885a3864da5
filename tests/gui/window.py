"""A preview's window in a process of its own: says when it is there and how it ended."""

import threading

from painted import Mailbox, quarters

from livecam.gui.start import start

application = start()

from livecam.gui.preview import PreviewWindow, attend  # noqa: E402 - after `start`

closed = threading.Event()
window = PreviewWindow(
    Mailbox(quarters()), width=320, height=180, title=lambda: "livecam – test", on_close=closed.set
)
window.show()
attend(0.2)
print(int(window.winId()), window.devicePixelRatio(), flush=True)  # noqa: T201
while not closed.is_set():
    attend(0.05)
del window
print(application.topLevelWidgets(), threading.enumerate() == [threading.main_thread()])  # noqa: T201
