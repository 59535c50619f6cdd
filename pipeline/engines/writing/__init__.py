"""An outline to an article, without a language model."""
