"""A toy newsroom of three small stories, written to a folder for tests that need real files."""

from __future__ import annotations

from pathlib import Path

STORIES = {
    "bridge.md": (
        "---\ntitle: Bridge over the Tarn closes\npublisher: The Marlow Herald\ndate: '2025-03-04'\n---\n\n"
        "The old bridge over the Tarn closed on Tuesday after engineers found 17 cracks in its piers.\n\n"
        "Mayor Ines Calder said the repair would cost £4.2 million and take nine months.\n"
    ),
    "bridge-again.md": (
        "---\ntitle: Cracked bridge shut\npublisher: The Marlow Courier\ndate: '2025-03-05'\n---\n\n"
        "Seventeen lorries were turned back. Engineers found 17 cracks in the piers of the Tarn bridge, "
        "the council said.\n"
    ),
    "baker.txt": (
        "Baker wins national prize\n\nBy Joan Petty\n\n"
        "Omar Lindqvist, a baker from Marlow, won the national bread prize with a rye loaf on Sunday.\n"
    ),
}


def write_newsroom(folder: Path) -> Path:
    """Write the stories and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in STORIES.items():
        (folder / name).write_text(text, "utf-8")
    return folder
