"""The web page for reviewing: hear a sentence, mend it, approve the article.

`app` has the routes and nothing else · `safety` who may ask for what · `draft` a folder of output/
and the interview back from its files · `record` what a person did (review.json, data/versions/) ·
`checks` a mended article checked anew · `shelf` and `search` all drafts · `desk` one of them ·
`findings` where a finding belongs and what mends it · `mend` and `anchor` an article changed ·
`compare` two versions · `strip` pictures · `player` the recording elsewhere · `jobs` what is done
in the background. It reads and writes the files in output/: there is no second store.
"""
