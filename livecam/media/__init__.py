"""What sources and sinks both need to know of media files: FFmpeg's words, pixels, tags, time."""
