"""How fast a machine is: file mode, live mode."""
