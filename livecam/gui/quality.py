"""Which model swaps, what it costs and allows, and how to get it; presets of quality."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from livecam.engine import Engine, Status
from livecam.errands import Errand, Errands
from livecam.errors import LivecamError, ModelError
from livecam.gui.languages import download_cancelled
from livecam.gui.panel import Panel
from livecam.gui.question import ask
from livecam.presets import Preset, preset_of, with_preset
from livecam.runtime.catalog import Catalog, Entry
from livecam.runtime.download import Progress

_NAME = Qt.ItemDataRole.UserRole


class Quality(Panel):
    """A list of the swappers, and one button that gets or uses the one that is chosen.

    Args:
        engine: Takes the wishes.
        errands: Fetch models.
    """

    def __init__(self, engine: Engine, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(engine, parent)
        self._errands = errands
        self._listing: Errand[tuple[Catalog, list[Entry]]] | None = None
        self._catalog: Catalog | None = None
        self._fetching: Errand[str] | None = None
        self._entries: list[Entry] = []
        self._used = self._told = ""
        column = QVBoxLayout(self)
        column.addLayout(self._presets())
        self._list = self._swappers()
        column.addWidget(self._list, 1)
        self._about = QLabel(wordWrap=True)
        self._get = QPushButton()
        self._get.clicked.connect(self._press)
        self._progress = QProgressBar()
        self._progress.setAccessibleName(self.tr("Download"))
        self._progress.hide()
        for widget in (self._about, self._progress, self._get):
            column.addWidget(widget)
        self._look()

    def refresh(self, status: Status) -> None:
        """See `Panel.refresh`."""
        used = status.wanted.settings.models.swapper
        if used != self._used:
            self._used = used
            self._mark()
        if self._listing is not None and self._listing.state.over:
            state, self._listing = self._listing.state, None
            self._catalog, self._entries = state.result or (None, [])
            if state.error is not None:
                self._say_error(state.error)
            self._fill()
        self._follow_fetching()
        if not self._preset.view().isVisible():
            preset = preset_of(status.wanted.settings, here=self._here())
            place = self._preset.findData(preset) if preset else -1
            self._preset.setCurrentIndex(place)
        self._show_chosen()

    def _presets(self) -> QFormLayout:
        self._preset = QComboBox()
        self._preset.setPlaceholderText(self.tr("As you set it"))
        names = {
            Preset.FAST: self.tr("Fast"),
            Preset.BALANCED: self.tr("Balanced"),
            Preset.BEST: self.tr("Best"),
        }
        for preset, name in names.items():
            self._preset.addItem(name, preset)
        self._preset.activated.connect(self._change_preset)
        form = QFormLayout()
        form.addRow(self.tr("&Quality"), self._preset)
        return form

    def _swappers(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setAccessibleName(self.tr("Models that swap faces"))
        tree.setRootIsDecorated(False)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setHeaderLabels(
            [self.tr("Model"), self.tr("Commercial"), self.tr("Size"), self.tr("Speed")]
        )
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setStretchLastSection(False)
        for column in (1, 2, 3):
            tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        tree.itemActivated.connect(self._get_or_use)
        return tree

    def _look(self) -> None:
        """Looks again which models there are; reading all of them takes a moment."""

        def look(_: Progress) -> tuple[Catalog, list[Entry]]:
            catalog = Catalog()
            return catalog, catalog.entries()

        self._listing = self._errands.send(look)

    def _fill(self) -> None:
        chosen = self._chosen()
        self._list.clear()
        for entry in self._entries:
            if entry.manifest.task != "swapper":
                continue
            weights = entry.manifest.weights
            item = QTreeWidgetItem(
                [
                    entry.manifest.name,
                    self.tr("yes") if weights.commercial else self.tr("no"),
                    _size(entry),
                    str(entry.speed) if entry.speed else "",
                ]
            )
            item.setData(0, _NAME, entry.manifest.name)
            item.setToolTip(0, weights.license)
            self._list.addTopLevelItem(item)
            if entry.manifest.name == (chosen.manifest.name if chosen else self._used):
                self._list.setCurrentItem(item)
        self._mark()

    def _mark(self) -> None:
        """Shows which one is in use."""
        for row in range(self._list.topLevelItemCount()):
            item = self._list.topLevelItem(row)
            assert item is not None
            font = item.font(0)
            font.setBold(item.data(0, _NAME) == self._used)
            item.setFont(0, font)

    def _chosen(self) -> Entry | None:
        item = self._list.currentItem()
        name = item.data(0, _NAME) if item is not None else None
        return next((one for one in self._entries if one.manifest.name == name), None)

    def _show_chosen(self) -> None:
        entry = self._chosen()
        self._get.setEnabled(entry is not None)
        if self._fetching is not None:
            self._get.setText(self.tr("&Cancel the download"))
            self._get.setEnabled(True)
            return
        if entry is None:
            self._get.setText(self.tr("Choose a model"))
            return
        weights = entry.manifest.weights
        lines = [self.tr("Licence: {name}.").format(name=weights.license)]
        if not weights.commercial:
            lines.append(self.tr("Not for commercial use."))
        if not entry.installed and not weights.sources:
            lines.append(
                self.tr(
                    "Nobody publishes its checksum: add your own file with `livecam models add`."
                )
            )
            self._get.setEnabled(False)
        if entry.manifest.name != self._told:
            self._told = entry.manifest.name
            self._about.setText(" ".join(lines))
        used = entry.manifest.name == self._used
        self._get.setText(
            self.tr("In use")
            if used
            else self.tr("&Use it")
            if entry.installed
            else self.tr("&Get and use it ({size})").format(size=_size(entry))
        )
        if used:
            self._get.setEnabled(False)

    def _press(self) -> None:
        if self._fetching is None:
            self._get_or_use()
        else:
            self._fetching.call_off()

    def _get_or_use(self) -> None:
        """Gets the chosen model, once every licence that bars commercial use is accepted."""
        entry, catalog = self._chosen(), self._catalog
        ready = self._get.isEnabled() and self._fetching is None
        if entry is None or catalog is None or not ready:
            return
        names = catalog.with_needs(entry.manifest.name)
        barred = [one for one in map(catalog.manifest, names) if not catalog.licences.allow(one)]
        if not barred:
            self._fetch(catalog, names)
            return
        accept = partial(self._accept, catalog, names)
        listed = "\n".join(f"{one.name}: {one.weights.license}" for one in barred)
        ask(
            self,
            self.tr("Accept the licence?"),
            self.tr("These models are not for commercial use:\n\n{names}").format(names=listed),
            [(self.tr("&Accept"), QMessageBox.ButtonRole.AcceptRole, accept)],
        )

    def _accept(self, catalog: Catalog, names: Sequence[str]) -> None:
        try:
            for name in names:
                catalog.accept(name)
        except ModelError as error:
            self._say_error(error)
        else:
            self._fetch(catalog, names)

    def _fetch(self, catalog: Catalog, names: Sequence[str]) -> None:
        self._fetching = self._errands.send(partial(_fetched, catalog, names))

    def _follow_fetching(self) -> None:
        if self._fetching is None:
            return
        state = self._fetching.state
        self._progress.setVisible(not state.over)
        self._progress.setRange(0, 0 if state.share is None else 100)
        self._progress.setValue(round(100 * (state.share or 0)))
        if not state.over:
            return
        self._fetching = None
        self._look()
        if state.error is not None:
            self._say_error(state.error)
            return
        if state.result is None:
            self._about.setText(download_cancelled())
            return
        wanted = self.engine.wanted
        models = replace(wanted.settings.models, swapper=state.result)
        self.engine.wanted = replace(wanted, settings=replace(wanted.settings, models=models))

    def _say_error(self, error: LivecamError) -> None:
        self._about.setText(error.in_one_line)

    def _here(self) -> set[str]:
        return {one.manifest.name for one in self._entries if one.installed and one.allowed}

    def _change_preset(self) -> None:
        wanted = self.engine.wanted
        preset = Preset(self._preset.currentData())  # Qt made a plain text of it
        settings = with_preset(wanted.settings, preset, here=self._here())
        self.engine.wanted = replace(wanted, settings=settings)


def _fetched(catalog: Catalog, names: Sequence[str], told: Progress) -> str:
    """The first of some models, once all of them are here."""
    catalog.pull(names, progress=told)
    return names[0]


def _size(entry: Entry) -> str:
    size = entry.manifest.weights.size
    if entry.manifest.weights.builtin or not size:
        return ""
    return f"{size / 1e6:.0f} MB"
