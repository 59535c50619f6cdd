"""What `mytake` is told to do: a file of commands for each of its uses."""
