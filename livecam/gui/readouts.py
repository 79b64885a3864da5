"""What a run is doing, in a few numbers, and a warning where the CPU does a GPU's work."""

from collections import deque

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from livecam.engine import Engine, Status
from livecam.gui.panel import Panel

_OVER = 20
"""Refreshes over which the detector's rate is taken: two seconds."""
_REFRESHES_PER_S = 10
_SLOW_MS = 66.0
"""A picture that takes longer makes the movement jerky at 30 fps."""


class Readouts(Panel):
    """One row of numbers under the picture."""

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(engine, parent)
        self._looks: deque[int] = deque(maxlen=_OVER + 1)
        self._values: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 2, 8, 2)
        names = {
            "latency": self.tr("Latency"),
            "in": self.tr("In"),
            "out": self.tr("Out"),
            "drops": self.tr("Dropped"),
            "detector": self.tr("Detector"),
            "provider": self.tr("Runs on"),
        }
        bold = self.font()
        bold.setBold(True)
        for column, (key, name) in enumerate(names.items()):
            title, value = QLabel(name), QLabel("–")
            value.setFont(bold)
            value.setAccessibleName(name)
            grid.addWidget(title, 0, column)
            grid.addWidget(value, 1, column)
            self._values[key] = value
        self._slow = QLabel(wordWrap=True)
        self._slow.setStyleSheet("background: #f59e0b; color: black; padding: 4px;")
        self._slow.hide()
        grid.addWidget(self._slow, 2, 0, 1, len(names))

    @property
    def texts(self) -> dict[str, str]:
        """What the numbers read, by key."""
        return {key: label.text() for key, label in self._values.items()}

    def refresh(self, status: Status) -> None:
        """See `Panel.refresh`."""
        stats = status.stats
        if stats is None:
            self._looks.clear()
            for label in self._values.values():
                label.setText("–")
            self._slow.hide()
            return
        pipeline = stats.pipeline
        latency = pipeline.stages.get("latency")
        self._looks.append(stats.swap.looks)
        span_s = max(len(self._looks) - 1, 1) / _REFRESHES_PER_S
        texts = {
            "latency": f"{latency.p50_ms:.0f} / {latency.p95_ms:.0f} ms" if latency else "–",
            "in": f"{pipeline.fps_in:.1f} fps",
            "out": f"{pipeline.fps_out:.1f} fps",
            "drops": f"{pipeline.dropped}",
            "detector": f"{(self._looks[-1] - self._looks[0]) / span_s:.1f} /s",
            "provider": ", ".join(status.providers),
        }
        for key, text in texts.items():
            self._values[key].setText(text)
        self._warn(status)

    def _warn(self, status: Status) -> None:
        """The models are slower than the picture moves, and run on the CPU."""
        process = status.stats.pipeline.stages.get("process") if status.stats else None
        slow = process is not None and process.p50_ms > _SLOW_MS
        if process is not None and slow and status.providers[:1] in {("cpu",), ("openvino",)}:
            self._slow.setText(
                self.tr(
                    "The processor does a graphics card's work: {ms:.0f} ms a picture. Choose a "
                    "faster model. No graphics card is used: {reason}."
                ).format(ms=process.p50_ms, reason=self._reason(status))
            )
            self._slow.show()
        else:
            self._slow.hide()

    def _reason(self, status: Status) -> str:
        """Why nothing better than the processor runs the swapper."""
        choice = status.choices.get(status.wanted.settings.models.swapper)
        if choice is None or not choice.refused:
            return self.tr("the installed ONNX Runtime knows none, see `livecam doctor`")
        return "; ".join(str(refusal).rstrip(".") for refusal in choice.refused)
