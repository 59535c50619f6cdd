"""What does the work behind a stage. `base` says how to add an engine.

What an engine is made of lies in the folder of what it is for; what several of these stand on lies
here.
"""
