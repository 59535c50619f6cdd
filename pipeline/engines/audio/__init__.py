"""Sound of any kind, decoded and cut, never held whole."""
