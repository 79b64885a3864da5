"""Files to be swapped: dropped in, looked at before and after, and done one after the other."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSlider,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from livecam.batch import Batch, Item, Progress
from livecam.build import FileSwap
from livecam.engine import Doing, Engine, Status
from livecam.errands import Errand, Errands, State
from livecam.frame import Frame
from livecam.glimpse import Glimpse
from livecam.gui.languages import download_cancelled, of_doing
from livecam.gui.panel import Panel
from livecam.gui.question import ask_for_files
from livecam.gui.view import View
from livecam.settings import Showing

_NUMBER = Qt.ItemDataRole.UserRole
_PER_S = 10
"""Steps of the playhead."""


class Files(Panel):
    """A queue of files, and a view of the chosen one at the playhead.

    Args:
        engine: Says which face is worn, and how.
        errands: Look at moments of files.
        batch: Does the files.
    """

    def __init__(
        self, engine: Engine, errands: Errands, batch: Batch, parent: QWidget | None = None
    ) -> None:
        super().__init__(engine, parent)
        self._errands, self._batch = errands, batch
        self._glimpse: Glimpse | None = None
        self._look: Errand[Frame] | None = None
        self._length: Errand[float] | None = None
        self._sought: float | None = None
        self._glance: Frame | None = None
        self.setAcceptDrops(True)
        column = QVBoxLayout(self)
        column.addWidget(QLabel(self.tr("Drop videos or images here, or choose them."), self))
        column.addLayout(self._buttons())
        column.addWidget(self._queue(), 1)
        column.addLayout(self._scrubber())
        self._said = QLabel(wordWrap=True)
        self._said.setMinimumWidth(1)  # a long address must not widen the page
        self._stop_look = QPushButton(self.tr("Cancel the &download"))
        self._stop_look.clicked.connect(self._call_look_off)
        self._stop_look.hide()
        column.addWidget(self._said)
        column.addWidget(self._stop_look)

    def add(self, paths: Iterable[Path]) -> None:
        """Puts files at the end of the queue, under the face that is worn now."""
        wanted = self.engine.wanted
        for path in paths:
            swap = FileSwap(
                path,
                _beside(path, [item.output for item in self._batch.items()]),
                face=wanted.face,
                settings=wanted.settings,
            )
            self._batch.add(swap)

    def refresh(self, status: Status) -> None:  # noqa: ARG002 - it shows files, not the run
        """See `Panel.refresh`."""
        items = self._batch.items()
        self._show_items(items)
        self._follow_look()
        waiting = any(not item.over for item in items)
        self._pause.setEnabled(waiting)
        self._pause.setText(self.tr("&Go on") if self._batch.paused else self.tr("&Pause"))
        chosen = self._chosen()
        self._cancel.setEnabled(chosen is not None)
        self._cancel.setText(
            self.tr("&Remove") if chosen is not None and chosen.over else self.tr("&Cancel")
        )
        self._open.setEnabled(chosen is not None and chosen.progress is Progress.DONE)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102, N802 - Qt's
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102, N802 - Qt's
        urls = event.mimeData().urls()
        self.add(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
        event.acceptProposedAction()

    def _buttons(self) -> QGridLayout:
        choose = QPushButton(self.tr("&Add files …"))
        choose.clicked.connect(self._choose_files)
        self._pause, self._cancel = QPushButton(), QPushButton()
        self._open = QPushButton(self.tr("&Open"))
        self._pause.clicked.connect(self._change_pause)
        self._cancel.clicked.connect(self._cancel_chosen)
        self._open.clicked.connect(self._open_chosen)
        grid = QGridLayout()  # a row of all would be wider than the page
        for place, button in enumerate((choose, self._open, self._pause, self._cancel)):
            grid.addWidget(button, *divmod(place, 2))
        return grid

    def _queue(self) -> QTreeWidget:
        self._list = QTreeWidget()
        self._list.setAccessibleName(self.tr("Files"))
        self._list.setRootIsDecorated(False)
        self._list.setHeaderLabels([self.tr("File"), self.tr("Progress")])
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._list.currentItemChanged.connect(self._show_chosen)
        return self._list

    def _scrubber(self) -> QVBoxLayout:
        self.view = View(self._newest_glance)
        self.view.showing = Showing.SPLIT
        self.view.setMinimumHeight(180)
        self.view.setAccessibleName(self.tr("The chosen file before and after"))
        self._playhead = QSlider(Qt.Orientation.Horizontal)
        self._playhead.setAccessibleName(self.tr("Playhead"))
        self._playhead.setEnabled(False)
        self._playhead.valueChanged.connect(self._seek)
        column = QVBoxLayout()
        column.addWidget(self.view)
        column.addWidget(self._playhead)
        return column

    def _show_items(self, items: list[Item]) -> None:
        rows = [self._list.topLevelItem(n) for n in range(self._list.topLevelItemCount())]
        known = {row.data(0, _NUMBER): row for row in rows if row is not None}
        for number, row in known.items():
            if number not in {item.number for item in items}:
                self._list.takeTopLevelItem(self._list.indexOfTopLevelItem(row))
        self._list.setEnabled(bool(items))  # nobody would see the keyboard in an empty list
        for item in items:
            row = known.get(item.number) or self._row(item)
            text = self._in_words(item)
            if row.text(1) != text:
                row.setText(1, text)
                if item.error is not None:
                    why = item.error.in_one_line
                    row.setToolTip(1, why)
                    self._said.setText(f"{item.swap.source.name}: {why}")

    def _row(self, item: Item) -> QTreeWidgetItem:
        """A new row at the end."""
        row = QTreeWidgetItem([item.swap.source.name, ""])
        row.setData(0, _NUMBER, item.number)
        row.setToolTip(0, f"{item.swap.source} → {item.output}")
        self._list.addTopLevelItem(row)
        if self._list.currentItem() is None:
            self._list.setCurrentItem(row)
        return row

    def _in_words(self, item: Item) -> str:
        names = {
            Progress.WAITING: self.tr("waiting"),
            Progress.PREPARING: self.tr("getting ready"),
            Progress.PAUSED: self.tr("paused"),
            Progress.DONE: self.tr("done"),
            Progress.FAILED: self.tr("failed"),
            Progress.CANCELLED: self.tr("cancelled"),
        }
        if item.progress is Progress.PREPARING and item.fetching:
            share = f" · {item.share:.0%}" if item.share is not None else ""
            return self.tr("fetching a model") + share
        if item.progress is not Progress.RUNNING:
            return names[item.progress]
        if item.frame_count:
            return f"{min(item.frames / item.frame_count, 1):.0%} · {item.fps:.0f} fps"
        return f"{item.frames} · {item.fps:.0f} fps"

    def _chosen(self) -> Item | None:
        row = self._list.currentItem()
        number = row.data(0, _NUMBER) if row is not None else None
        return next((item for item in self._batch.items() if item.number == number), None)

    def _show_chosen(self) -> None:
        """Looks at the beginning of the file that was chosen."""
        item = self._chosen()
        for errand in (self._length, self._look):
            if errand is not None:
                errand.call_off()
        self._glance = self._look = self._sought = None
        self._playhead.setEnabled(False)
        with QSignalBlocker(self._playhead):
            self._playhead.setValue(0)
        if item is None:
            self._glimpse = None
            self.view.clear()
            return
        swap = item.swap
        glimpse = Glimpse(swap.source, face=swap.face, settings=swap.settings)
        self._length = self._errands.send(lambda _: glimpse.length_s())
        self._glimpse = glimpse
        self._seek(0)

    def _seek(self, place: int) -> None:
        self._sought = place / _PER_S

    def _follow_look(self) -> None:
        """Takes what a look has found, and looks where the playhead has gone meanwhile."""
        self._show_fetching()
        glimpse = self._glimpse
        if glimpse is None:
            return
        length_s = self._length.state.result if self._length is not None else None
        if not self._playhead.isEnabled() and length_s:
            self._playhead.setRange(0, max(round(length_s * _PER_S) - 1, 0))
            self._playhead.setEnabled(True)
        if self._look is not None and self._look.state.over:
            state, self._look = self._look.state, None
            self._glance = state.result or self._glance
            if state.error is not None:
                self._said.setText(state.error.in_one_line)
        if self._look is None and self._sought is not None:
            sought, self._sought = self._sought, None
            self._look = self._errands.send(lambda told: glimpse.at(sought, progress=told))

    def _show_fetching(self) -> None:
        """Says what is fetched for the look, and that it may be cancelled."""
        state: State[Frame] = self._look.state if self._look is not None else State(over=True)
        fetching = bool(state.doing) and not state.over
        if fetching:
            self._said.setText(f"{of_doing(Doing.FETCHING, state.doing)} …")
        elif not self._stop_look.isHidden():
            self._said.setText("" if state.result is not None else download_cancelled())
        self._stop_look.setVisible(fetching)

    def _call_look_off(self) -> None:
        if self._look is not None:
            self._look.call_off()

    def _newest_glance(self) -> Frame | None:
        return self._glance

    def _choose_files(self) -> None:
        ask_for_files(self, self.tr("Videos or images"), self._take_files)

    def _take_files(self, files: Sequence[str]) -> None:
        self.add(map(Path, files))

    def _change_pause(self) -> None:
        if self._batch.paused:
            self._batch.resume()
        else:
            self._batch.pause()

    def _cancel_chosen(self) -> None:
        item = self._chosen()
        if item is not None and item.over:
            self._batch.forget(item.number)
        elif item is not None:
            self._batch.cancel(item.number)
            self._call_look_off()  # it may be fetching models, too

    def _open_chosen(self) -> None:
        item = self._chosen()
        if item is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(item.output)))


def _beside(path: Path, taken: Iterable[Path]) -> Path:
    """A name beside the file that nothing has yet."""
    others = set(taken)
    number = 1
    while True:
        suffix = "" if number == 1 else f" {number}"
        output = path.with_name(f"{path.stem} – livecam{suffix}{path.suffix}")
        if output not in others and not _exists(output):
            return output
        number += 1


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False  # what is wrong with its folder is said when the work begins
