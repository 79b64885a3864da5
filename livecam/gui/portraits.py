"""Faces as small pictures on the screen: with their number, and a mark on the one that is worn."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QIcon, QImage, QPainter, QPainterPath, QPalette, QPen, QPixmap

from livecam.picture import Image

SIDE = 96
"""px of the screen at its normal scale."""
_ROUND = 10.0
_RING = 4.0
_BADGE = 20.0


def portrait(image: Image | None, ratio: float, *, side: int = SIDE) -> QPixmap:
    """A thumbnail with round corners; a dim one with a mark where there is no image."""
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        hints = QPainter.RenderHint
        painter.setRenderHints(hints.Antialiasing | hints.SmoothPixmapTransform)
        painter.setClipPath(_outline(side))
        if image is None:
            painter.fillRect(0, 0, side, side, Qt.GlobalColor.gray)
            _write(painter, QRectF(0, 0, side, side), "!", side // 3, Qt.GlobalColor.white)
        else:
            height, width = image.shape[:2]
            shown = QImage(image.data, width, height, image.strides[0], QImage.Format.Format_RGB888)
            painter.drawImage(QRectF(0, 0, side, side), shown)
    return pixmap


def face_icon(
    image: Image | None,
    *,
    marked: bool,
    palette: QPalette,
    ratio: float,
    key: str = "",
    side: int = SIDE,
) -> QIcon:
    """A thumbnail with a ring and a tick where it is the one, and the key that chooses it."""
    pixmap = portrait(image, ratio, side=side)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = palette.highlight()
        if marked:
            painter.setPen(QPen(accent, _RING))
            painter.drawPath(_outline(side, inset=_RING / 2))
            tick = QRectF(side - _BADGE - 4, 4, _BADGE, _BADGE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawEllipse(tick)
            painter.setPen(QPen(palette.highlightedText(), 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            places = ((0.27, 0.52), (0.44, 0.69), (0.74, 0.33))
            painter.drawPolyline(
                [QPointF(tick.x() + x * _BADGE, tick.y() + y * _BADGE) for x, y in places]
            )
        if key:
            badge = QRectF(4, side - _BADGE - 4, _BADGE, _BADGE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.base())
            painter.drawRoundedRect(badge, 5, 5)
            _write(painter, badge, key, 12, palette.text().color())
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # or the style tints it
    return icon


def _outline(side: int, inset: float = 0.0) -> QPainterPath:
    path = QPainterPath()
    square = QRectF(0, 0, side, side).adjusted(inset, inset, -inset, -inset)
    path.addRoundedRect(square, _ROUND - inset, _ROUND - inset)
    return path


def _write(
    painter: QPainter, place: QRectF, text: str, size: int, colour: Qt.GlobalColor | object
) -> None:
    font = QFont(painter.font())
    font.setPixelSize(size)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
