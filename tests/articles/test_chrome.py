import pytest

from rag.articles.chrome import ORNAMENT, furniture


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Listen to this article", "player or widget line"),
        ("Listen to this article · 8:03 min Learn more", "player or widget line"),
        ("Listen (4 min)", "player or widget line"),
        ("Loading audio...", "player or widget line"),
        ("0:00 / 2:31", "player or widget line"),
        ("People are also reading…", "player or widget line"),
        ("Skip to main content", "player or widget line"),
        ("(Story continues below the photo)", "player or widget line"),
        ("Most read", "player or widget line"),
        ("Advertisement", "advertisement marker"),
        ("ADVERTISEMENT - scroll to continue", "advertisement marker"),
        ("Read more", "link without a headline"),
        ("► Read the full story here.", "link without a headline"),
        ("Click here to see the tide tables", "link without a headline"),
        ("Related stories:", "link without a headline"),
        ("Subscribe to our newsletter", "newsletter or subscription prompt"),
        (
            "Sign up for the Harbour Briefing newsletter. Get the tides in your inbox",
            "newsletter or subscription prompt",
        ),
        ("Ships and shoals: Sign up for the Quayside newsletter", "newsletter or subscription prompt"),
        ("Already a subscriber? Log in", "newsletter or subscription prompt"),
        ("Share this article", "share or follow prompt"),
        ("Share on Facebook", "share or follow prompt"),
        ("Follow us on Instagram and Threads", "share or follow prompt"),
        ("We use cookies to make this site better.", "cookie or consent notice"),
        ("By continuing, you agree to our Terms of Use and Privacy Policy", "cookie or consent notice"),
        ("* * *", ORNAMENT),
        ("___", ORNAMENT),
    ],
)
def test_furniture_goes(line, reason):
    assert furniture(line) == reason


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Tunnel tolls to be halved in June",
        "Related: Cat rescued from crane",
        "Listen to this: the harbour bell rang 43 times on Monday.",
        "Advertisement spending fell by a third, the paper said.",
        "Subscribe to read was the slogan of the strike.",
        "Sign-up for the harbour swim is now open to 300 people.",
        "Register to vote at the town hall by Friday.",
        "Join us at the town hall on Friday, the mayor said.",
        "By using drones the army broke the terms of the truce.",
        "We bake cookies every Sunday in the old lighthouse.",
        "Share prices on the fish exchange fell by 4 percent.",
        "Comments by the mayor angered the dockers.",
        "The newsletter of the sailors' union was banned.",
        "Picture: Harbour Gazette",
        "By Ada Quill",
        "★★★",
        "43",
        "Loading of the first ship took three hours.",
        "“Sign up for the newsletter,” she told the crowd.",
    ],
)
def test_facts_stay(line):
    assert furniture(line) is None


def test_a_long_line_is_never_furniture():
    assert furniture("Click here to read " + "about the harbour " * 15) is None
