"""Sound to words: both Whispers, the publisher's captions, and names that were misheard."""
