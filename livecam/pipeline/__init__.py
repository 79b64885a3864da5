"""Frames from a source through a processor to sinks, on threads that never leak."""
