"""What is known of words: their classes, how often they are said, whether they lean on others."""
