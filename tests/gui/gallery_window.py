"""A gallery in a window and a process of its own, until a kept face is worn; says what it shows."""

from livecam.engine import Engine, Wanted
from livecam.errands import Errands
from livecam.gui.start import start
from livecam.settings import load_settings
from livecam.sources.synthetic import demo_portrait

start()

from PySide6.QtCore import Qt  # noqa: E402 - after `start`

from livecam.gui.gallery import Gallery  # noqa: E402
from livecam.gui.preview import attend  # noqa: E402

engine, errands = Engine(Wanted(settings=load_settings(None), face=demo_portrait())), Errands("t")
gallery = Gallery(engine, errands)
gallery.setWindowTitle("livecam – gallery")
gallery.setGeometry(100, 0, 400, 390)
gallery.show()
while gallery.list.count() < 2 or "worn" not in str(
    gallery.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
):
    attend(0.05)
    gallery.refresh(engine.status())
print(gallery.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole), flush=True)  # noqa: T201
gallery.close()
errands.close()
engine.close()
