"""A tiny reader made on the spot, shared by this room's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.training.toys import save_tiny


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a random BertForQuestionAnswering (2 layers of 32) and the packaged tokenizer."""
    return str(save_tiny(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="session")
def tokenizer(tiny: str) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(Path(tiny))
