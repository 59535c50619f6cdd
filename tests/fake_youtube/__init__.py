"""A YouTube on loopback, for the unmodified yt-dlp. Nothing leaves 127.0.0.1.

`catalog` holds what the site has, `answers` the pages it makes of that, `server` serves them,
`rewrite` sends yt-dlp there, `podcast` is a small site with feeds and files. By hand:

    python -m tests.fake_youtube run -- run https://www.youtube.com/watch?v=tidemill001
    python -m tests.fake_youtube serve --port 8899

The first runs `mytake` in this process with YouTube's hosts sent here. The second is a proxy
for any program: it answers CONNECT itself, with a certificate it shows the path of.

Not covered: n/sig challenges, PO tokens, HLS and DASH, comments, search, login.
"""
