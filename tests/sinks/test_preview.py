from generated import FORMAT, frame

from livecam.sinks.preview import Preview


def test_the_newest_frame_is_there_and_nothing_else() -> None:
    preview = Preview()
    assert preview.newest() is None
    with preview.open(FORMAT) as send:
        assert preview.newest() is None
        first, second = frame(0), frame(1)
        send(first)
        assert preview.newest() is first
        assert preview.newest() is first
        send(second)
        assert preview.newest() is second
    assert preview.newest() is None
