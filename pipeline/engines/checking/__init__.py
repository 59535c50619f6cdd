"""Whether an article says what was said: found anew, with code of its own."""
