"""Models: what is known of them, where their files come from, and the sessions that run them."""
