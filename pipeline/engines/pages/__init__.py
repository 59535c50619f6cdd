"""An article and what lies beside it, as files to read; and read back from them."""
