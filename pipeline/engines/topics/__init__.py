"""Where talk turns to something else, and what each stretch of it is about."""
