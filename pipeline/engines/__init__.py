"""What does the work behind a stage, one file each. `base` says how to add one."""
