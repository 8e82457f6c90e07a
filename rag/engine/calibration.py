"""Texts that a model is shown before it runs on bytes, to see how large its numbers become. Ours, of no real event."""

from __future__ import annotations

FERRY = """A retired judge, Dame Orla Pennick, will lead the public inquiry into Sunday's collision between the ferry
Marram and a gravel barge off Tolley Point, the transport ministry said on Thursday. Two deckhands died and 31
passengers were treated for cold. "We owe the families an answer before the season ends," she told reporters. The
barge's owner, Hask & Sons, declined to comment; its insurers put the damage at £4.2 million."""
GRAIN = """Grain prices rose 7.4% in March, the sharpest monthly rise since 2011, after drought cut the southern harvest
by almost a third. Bakers in Quillan and Oster warned that a loaf could cost 2.10 crowns by June, up from 1.85. The
central bank left its rate at 3.25 per cent; a majority of its nine members expect no change before autumn, minutes
published on 12 April show."""
MATCH = """Rovers 1, Athletic 1 (abandoned, 63 min): Floodlights failed twice at Canal Road on Tuesday night and referee
Tom Adeyemi sent the teams home. Striker Lena Okoro had headed the visitors level from a corner. "You can't play what
you can't see," said the coach. The league will decide on a replay; tickets stay valid."""

TEXTS = (
    ("Who will lead the inquiry into the ferry collision?", FERRY),
    ("How much did grain prices rise in March?", GRAIN),
    ("Why was the match abandoned?", MATCH),
)
"""Questions and texts."""
