"""Pure functions on points, maps and arrays."""
