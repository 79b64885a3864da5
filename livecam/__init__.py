"""livecam: a real-time face-swap virtual camera."""
