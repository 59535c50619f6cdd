"""From a recording to an article, one file a stage; plain Python, no Prefect.

url - sources -> Source - download -> Recording - prepare -> Audio
    - glossary -> Glossary - transcribe -> Transcript (words) - correct -> Transcript
    - diarize -> Voices (who sounds when)
attribute -> Turns - recognise -> known voices - identify -> Speakers - remember
edit -> Edited - outline -> Topics
compose -> Article - verify -> Receipt - render -> pages - publish -> output/

`channels` decides which recordings of a watched list are taken, `history` knows what became of
each. `model` holds the nouns, `errors` what may go wrong, `config` every knob, `store` what is kept
between runs. Stages do not import each other; only `flows` knows the order. The files they
become: docs/contract.md.
"""
