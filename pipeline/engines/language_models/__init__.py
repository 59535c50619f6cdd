"""An outline to an article whose answers a language model rewords, clause by clause."""
