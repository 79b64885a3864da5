"""The last half minute: latency and what its parts took, as lines that move to the left."""

import time
from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from livecam.engine import Engine, Status
from livecam.gui.panel import Panel

_SPAN_S = 30.0
_LINES = {
    "latency": ("#b91c1c", "#fca5a5"),
    "process": ("#1d4ed8", "#93c5fd"),
    "track": ("#047857", "#34d399"),
    "swap": ("#92400e", "#fbbf24"),
    "paste": ("#6d28d9", "#d8b4fe"),
}
"""Stages that are drawn, and the colours of their lines and names on light and on dark."""
_SCALES_MS = (20, 50, 100, 200, 500, 1000, 2000, 5000)
"""What the upper edge may stand for."""


@dataclass(frozen=True, slots=True)
class _Sample:
    at: float
    ms: dict[str, float]


class Timeline(Panel):
    """Draws what the newest frame's stages took, ten times a second."""

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(engine, parent)
        self._samples: deque[_Sample] = deque()
        self.setFixedHeight(84)
        self.setAccessibleName(self.tr("Latency and stages over the last 30 seconds"))

    def refresh(self, status: Status) -> None:
        """See `Panel.refresh`."""
        now = time.monotonic()
        stages = status.stats.pipeline.stages if status.stats else {}
        self._samples.append(
            _Sample(now, {name: stages[name].last_ms for name in _LINES if name in stages})
        )
        while self._samples and self._samples[0].at < now - _SPAN_S:
            self._samples.popleft()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102, N802 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            metrics = QFontMetricsF(self.font())
            legend = metrics.height() + 2
            area = QRectF(self.rect()).adjusted(8, legend + 2, -8, -4)
            top_ms = self._scale()
            self._draw_frame(painter, area, top_ms)
            for name in _LINES:
                painter.setPen(QPen(self._colour(name), 1.5))
                painter.drawPolyline(self._line(name, area, top_ms))
            self._draw_legend(painter, metrics, area.left())

    def _colour(self, name: str) -> QColor:
        """Of a line, on the window as it looks now."""
        on_light, on_dark = _LINES[name]
        return QColor(on_light if self.palette().window().color().lightness() > 127 else on_dark)

    def _scale(self) -> int:
        most = max((ms for sample in self._samples for ms in sample.ms.values()), default=0)
        return next((scale for scale in _SCALES_MS if scale >= most), _SCALES_MS[-1])

    def _line(self, name: str, area: QRectF, top_ms: float) -> QPolygonF:
        now = self._samples[-1].at if self._samples else 0.0
        line = QPolygonF()
        for sample in self._samples:
            if name in sample.ms:
                across = area.right() - (now - sample.at) / _SPAN_S * area.width()
                up = min(sample.ms[name] / top_ms, 1.0) * area.height()
                line.append(QPointF(across, area.bottom() - up))
        return line

    def _draw_frame(self, painter: QPainter, area: QRectF, top_ms: int) -> None:
        painter.setPen(self.palette().mid().color())
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.topLeft(), area.topRight())
        painter.setPen(self.palette().windowText().color())
        painter.drawText(
            QRectF(area.right() - 100, 0, 100, area.top()),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            f"{top_ms} ms · {_SPAN_S:.0f} s",
        )

    def _draw_legend(self, painter: QPainter, metrics: QFontMetricsF, left: float) -> None:
        newest = self._samples[-1].ms if self._samples else {}
        names = {
            "latency": self.tr("latency"),
            "process": self.tr("all"),
            "track": self.tr("find"),
            "swap": self.tr("swap"),
            "paste": self.tr("paste"),
        }
        for name in _LINES:
            if name in newest:
                text = f"{names[name]} {newest[name]:.0f} ms"
                painter.setPen(self._colour(name))
                painter.drawText(QPointF(left, metrics.ascent() + 2), text)
                left += metrics.horizontalAdvance(text) + 14
