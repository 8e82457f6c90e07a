"""Where a model is loaded from and how it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from rag.engine import PACKAGED_EMBEDDER, model_error, number_format, resolve_model, set_threads, torch_dtype
from rag.errors import ModelError


def test_the_packaged_embedder_is_a_folder_with_weights() -> None:
    folder = Path(resolve_model(PACKAGED_EMBEDDER))
    assert (folder / "config.json").is_file()
    assert list(folder.glob("*.safetensors"))


def test_a_folder_that_exists_is_itself(tmp_path: Path, monkeypatch) -> None:
    assert resolve_model(str(tmp_path)) == str(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    assert resolve_model(f"~/{tmp_path.name}") == str(tmp_path)


def test_a_hub_name_is_left_alone() -> None:
    assert resolve_model("deepset/roberta-base-squad2") == "deepset/roberta-base-squad2"
    assert resolve_model("bert-base-uncased") == "bert-base-uncased"


@pytest.mark.parametrize("name", ["/no/such", "./no", "../no", "~/no-such-model", "models/mine/no", ".hidden"])
def test_a_path_that_does_not_exist_is_not_taken_for_a_hub_name(name: str) -> None:
    with pytest.raises(ModelError, match="does not exist") as caught:
        resolve_model(name)
    assert name in str(caught.value)


def test_the_home_of_nobody_is_a_model_error() -> None:
    with pytest.raises(ModelError):
        resolve_model("~no-such-user-here/model")


def test_a_model_error_is_one_line_with_cause_and_remedy() -> None:
    message = str(model_error("reader", "a/b", OSError("first line\nsecond line")))
    assert "first line" in message
    assert "\n" not in message
    assert "hf download a/b" in message
    assert "(KeyError)" in str(model_error("reader", "a/b", KeyError()))
    assert len(str(model_error("reader", "a/b", ValueError("x" * 5000)))) < 500


def test_precisions_are_what_they_say() -> None:
    assert torch_dtype("fp32") is torch.float32
    assert torch_dtype("bf16") is torch.bfloat16
    assert [number_format(one) for one in ("fp32", "bf16", "int8")] == ["fp32", "bf16", "int8"]


def test_auto_is_what_the_processor_has() -> None:
    place = Path("/proc/cpuinfo")
    if not place.is_file():
        pytest.skip("no /proc/cpuinfo to compare with")
    flags = set(place.read_text().split())
    half = bool({"avx512_bf16", "amx_tile", "amx_bf16"} & flags)
    assert torch_dtype("auto") is torch_dtype("int8") is (torch.bfloat16 if half else torch.float32)
    assert number_format("auto") == ("int8" if "avx512_vnni" in flags else "bf16" if half else "fp32")


def test_threads_are_set_unless_zero() -> None:
    before = torch.get_num_threads()
    try:
        set_threads(1)
        assert torch.get_num_threads() == 1
        set_threads(0)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.parametrize(("given", "expected"), [(None, "1"), ("0", "0")])
def test_the_hub_is_off_unless_the_user_says_otherwise(given: str | None, expected: str) -> None:
    code = "import os, rag.engine; rag.engine.prepare(); print(os.environ['HF_HUB_OFFLINE'])"
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    environment |= {"HF_HUB_OFFLINE": given} if given else {}
    root = Path(__file__).resolve().parents[1]
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == expected
