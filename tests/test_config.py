"""config.yaml: every mistake is one ConfigError that says what was found and what was wanted."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path

import pytest
import yaml

from rag.config import PROJECT, Config, load_config, parse_config
from rag.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, "utf-8")
    return path


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text))
    message = str(caught.value)
    assert "\n" not in message
    assert str(folder / "config.yaml") in message
    return message


def every_key(cls: object) -> dict[str, object]:
    values = {f.name: getattr(cls, f.name) for f in fields(cls) if f.name != "folder"}
    return {
        name: every_key(v) if is_dataclass(v) else list(v) if isinstance(v, tuple) else v for name, v in values.items()
    }


def test_the_file_at_the_root_spells_out_every_default() -> None:
    assert yaml.safe_load((PROJECT / "config.yaml").read_text("utf-8")) == every_key(Config())
    assert load_config(PROJECT / "config.yaml") == Config(folder=PROJECT)


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, "retrieval: {depth: 7}"))
    assert config.retrieval.depth == 7
    assert config.retrieval.rrf_k == 60
    assert config.chunking == Config().chunking


@pytest.mark.parametrize("text", ["", "# only a remark\n", "{}"])
def test_an_empty_file_is_the_defaults(tmp_path: Path, text: str) -> None:
    assert load_config(write(tmp_path, text)) == Config(folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("retreival: {}", "unknown key retreival; did you mean retrieval?"),
        ("retrieval: {dept: 3}", "unknown key retrieval.dept; did you mean retrieval.depth?"),
        ("reading: {batchsize: 3}", "did you mean reading.batch_size?"),
        ("deciding: {treshold: 0.3}", "did you mean deciding.threshold?"),
        ("folder: /tmp", "unknown key folder"),
        ("1: 2", "unknown key 1"),
    ],
)
def test_an_unknown_key_names_the_nearest(tmp_path: Path, text: str, named: str) -> None:
    assert named in complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("chunking: {tokens: '160'}", "chunking.tokens must be a whole number, found '160' (str)"),
        ("reading: {every: 1}", "reading.every must be true or false, found 1 (int)"),
        ("chunking: {tokens: true}", "chunking.tokens must be a whole number, found True (bool)"),
        ("chunking: {tokens: 160.0}", "chunking.tokens must be a whole number, found 160.0 (float)"),
        ("chunking: {tokens: null}", "chunking.tokens must be a whole number, found None (NoneType)"),
        ("chunking: 160", "chunking must be a list of 'key: value' lines, found 160 (int)"),
        ("- chunking", "the file must be a list of 'key: value' lines, found ['chunking'] (list)"),
        ("index: [a]", "index must be a text, found ['a'] (list)"),
        ("index: 2025-02-04", "index must be a text, found datetime.date"),
        ("articles: [a, 3]", "articles must be a list of texts, found ['a', 3] (list)"),
        ("retrieval: {mode: hybrid}", "must be one of dense, lexical, fused, reranked, found 'hybrid' (str)"),
        ("retrieval: {mode: [fused]}", "must be one of dense, lexical, fused, reranked, found ['fused'] (list)"),
        ("engine: {precision: 16}", "engine.precision must be one of auto, fp32, bf16, int8, found 16 (int)"),
        ("deciding: {threshold: high}", "deciding.threshold must be a number or null, found 'high' (str)"),
        ("retrieval: {lexical_weight: [0.5]}", "retrieval.lexical_weight must be a number"),
    ],
)
def test_a_wrong_type_says_what_was_found_and_wanted(tmp_path: Path, text: str, named: str) -> None:
    assert named in complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("chunking: {tokens: 15}", "chunking.tokens must be between 16 and 100000, found 15"),
        ("retrieval: {lexical_weight: 1.5}", "retrieval.lexical_weight must be between 0 and 1, found 1.5"),
        ("retrieval: {lexical_weight: -0.1}", "found -0.1"),
        ("retrieval: {lexical_weight: .nan}", "found nan"),
        ("retrieval: {depth: 0}", "retrieval.depth must be between 1"),
        ("deciding: {threshold: 1.01}", "deciding.threshold must be between 0 and 1, found 1.01"),
        ("reading: {n_best: 0}", "reading.n_best"),
        ("reading: {max_tokens: 95}", "reading.max_tokens"),
        (
            "reading: {max_tokens: 128, stride: 27}",
            f"reading.stride must be between 0 and {128 // 4 * 3 - 70}, found 27",
        ),
        ("engine: {threads: -1}", "engine.threads"),
        ("asking: {max_question: 0}", "asking.max_question"),
    ],
)
def test_an_impossible_value_names_the_limits(tmp_path: Path, text: str, named: str) -> None:
    assert named in complaint(tmp_path, text)


def test_the_limits_themselves_are_allowed(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, "retrieval: {lexical_weight: 1, depth: 1}\ndeciding: {threshold: 0}"))
    assert config.retrieval.lexical_weight == 1.0
    assert isinstance(config.retrieval.lexical_weight, float)
    assert config.deciding.threshold == 0.0


@pytest.mark.parametrize(
    "text", ["a: [1", "a: b: c", "\t- x", "x: !!python/object:os.system {}", "[" * 1500, "a: \x01"]
)
def test_broken_yaml_is_said_in_one_line(tmp_path: Path, text: str) -> None:
    assert "is not valid YAML" in complaint(tmp_path, text)


@pytest.mark.parametrize("text", ["index: 2025-13-45", f"chunking: {{tokens: {'1' * 5000}}}"])
def test_a_value_that_yaml_cannot_build_is_a_config_error(tmp_path: Path, text: str) -> None:
    complaint(tmp_path, text)


def test_a_number_beyond_floats_is_a_config_error(tmp_path: Path) -> None:
    complaint(tmp_path, f"retrieval: {{lexical_weight: 1{'0' * 400}}}")


def test_a_section_with_nothing_in_it_has_its_defaults(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "chunking:\n  # tokens: 160\n")) == Config(folder=tmp_path)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"There is no configuration file /no/such\.yaml"):
        load_config("/no/such.yaml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read \(.*Is a directory") as caught:
        load_config(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path} cannot be read")
    assert "\n" not in str(caught.value)
    (tmp_path / "latin.yaml").write_bytes(b"index: caf\xe9\n")
    with pytest.raises(ConfigError, match=r"latin\.yaml cannot be read"):
        load_config(tmp_path / "latin.yaml")


def test_without_a_path_the_working_folder_comes_before_the_project(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config() == Config(folder=PROJECT)
    write(tmp_path, "index: mine")
    assert load_config().index == "mine"
    assert load_config().folder == tmp_path


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir("/")
    (tmp_path / "model").mkdir()
    config = load_config(write(tmp_path, "index: built/one"))
    assert config.resolve(config.index).resolve() == tmp_path / "built" / "one"
    assert Path("/", config.resolve("/abs/olute")) == Path("/abs/olute")
    assert config.model_path("model") == str(tmp_path / "model")
    assert config.model_path("deepset/roberta") == "deepset/roberta"


def test_a_path_below_the_working_folder_is_shown_short(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config(write(tmp_path, "index: built/one")).resolve("built/one") == Path("built/one")


def test_one_folder_may_be_written_without_a_list() -> None:
    assert parse_config({"articles": "news"}).articles == ("news",)
    assert parse_config({"articles": ["a", "b"]}).articles == ("a", "b")


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Config().index = "other"  # type: ignore[misc]
