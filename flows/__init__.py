"""In which order, how often, with how many tries: thin, and the only place that knows Prefect.

`path` is the way through the house; `article` is the same way with Prefect watching; `cli` is the
command `mytake`. What runs by itself: `watch` looks at a channel, `channel` is that with Prefect
watching, `deploy` registers both, `serve` hands out what is due to a `desk`, `commands` asks it.
"""
