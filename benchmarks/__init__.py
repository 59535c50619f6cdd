"""What is measured, and how to repeat it: docs/benchmarks.md.

hearing     the command: which recordings, which contenders, what to print
recordings  what the truth is known of       made     silence, noise, music, applause, hours
contender   a process for each: mytake (ours) and its peers, on the same weights
measure     seconds and bytes of a process   score    heard against truth
tables      rows and means                   report   Markdown, one call a table

writing     the command: which interviews, with or without a model, what to print
interviews  captions, read from many forms   authored     one through mytake, in its own process
local_model a small language model behind a server

topics      the command: who finds topics without chapters, and how well
divided     talk whose topics are known      splitters  mytake, TextTiling, even and random cuts
"""
