"""Windows, on Qt: the only room that imports PySide6, which need not be installed.

`livecam.gui.start` can always be imported, and says what is missing; the other modules come after
it. Everything here belongs to the main thread.
"""
