"""Who the voices are: how they behave, what they call each other, what the publisher says."""
