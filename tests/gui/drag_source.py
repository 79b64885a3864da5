"""A window in a process of its own, out of which files are dragged; says when it is there."""

import sys
from pathlib import Path

from livecam.gui.start import start

application = start()

from PySide6.QtCore import QMimeData, Qt, QUrl  # noqa: E402 - after `start`
from PySide6.QtGui import QDrag, QMouseEvent  # noqa: E402
from PySide6.QtWidgets import QLabel  # noqa: E402

from livecam.gui.preview import attend  # noqa: E402


class Source(QLabel):
    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's
        pass  # or what follows is not for this window

    def mouseMoveEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's
        mime, drag = QMimeData(), QDrag(self)
        mime.setUrls([QUrl.fromLocalFile(str(Path(file).resolve())) for file in sys.argv[1:]])
        drag.setMimeData(mime)
        action = drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction)
        print(action.name, flush=True)  # noqa: T201


window = Source("drag me")
window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
window.setGeometry(0, 0, 60, 40)
window.show()
attend(0.2)
print("here", flush=True)  # noqa: T201
while window.isVisible():
    attend(0.1)
