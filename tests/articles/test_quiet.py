import logging
import warnings

import pytest

from rag.articles.quiet import quiet


def test_silence_inside_and_only_inside(caplog):
    logger = logging.getLogger("noisy")
    logger.setLevel(logging.INFO)
    with quiet("noisy"):
        logging.getLogger("noisy.child").error("not heard")
        warnings.warn("not seen", UserWarning, stacklevel=1)
    assert caplog.records == []
    logger.info("heard")
    assert len(caplog.records) == 1
    with pytest.warns(UserWarning, match="seen"):
        warnings.warn("seen", UserWarning, stacklevel=1)


def test_levels_come_back_after_an_error():
    logger = logging.getLogger("noisy2")
    logger.setLevel(logging.WARNING)
    with pytest.raises(ValueError), quiet("noisy2"):
        raise ValueError
    assert logger.level == logging.WARNING
