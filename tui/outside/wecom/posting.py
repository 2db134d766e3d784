"""Posting revisions to everybody in WeCom, by its message API (G.9).

It runs where the secret may be, in the duty runner. An application there posts; which one, and where its
secret is, the settings say. Nothing is posted where none is named.
"""

from __future__ import annotations

from collections.abc import Callable
from time import sleep as wait

from db.desk.outside.posting import PostingAnswer, record_answer, to_post
from db.desk.tasks.duties import RunnerPlace
from db.store.engine import store
from tui.outside.reaching import read_secret, trust
from tui.outside.wecom.client import Client, NotNow, WeComError

UNREACHABLE = -1
"""The code on record where there was no answer at all."""


def post_revisions(place: RunnerPlace, sleep: Callable[[float], None] = wait) -> int:
    """Post each waiting revision to everybody in WeCom (G.9) and record WeCom's answer, failures included;
    nothing if no application is set. Return how many were posted."""
    settings = store().settings.wecom
    if settings is None or not settings.message_agent:
        return 0
    posted = 0
    for posting in to_post():
        try:
            secret = read_secret(settings.message_secret_file)
            with Client(
                settings.base_url, settings.corpid, secret, trust=trust(settings.ca_file), sleep=sleep
            ) as client:
                message, unreached = client.post_to_all(settings.message_agent, posting.text)
            answer = PostingAnswer(0, "", message, unreached)
            posted += 1
        except WeComError as no:
            answer = PostingAnswer(no.code, str(no))
        except (NotNow, OSError) as problem:
            answer = PostingAnswer(UNREACHABLE, str(problem)[:200])
        record_answer(posting, answer, place)
    return posted
