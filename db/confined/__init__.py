"""What people send, read where it can do no harm: by a process of its own that holds nothing and may do
nothing.

`reading`, `kinds` and `refusal_words` are the side of whoever asks. All else is loaded by the child, so it
imports nothing of ours from outside this package.
"""
