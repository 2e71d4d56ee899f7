"""The known classes by other names."""

import pytest

from pointclip2.data.class_names import KNOWN
from pointclip2.text import OtherNamesPrompt
from pointclip2.types import ConfigError


def test_each_class_goes_by_its_own_other_names_in_turn() -> None:
    prompts = [OtherNamesPrompt(number)(KNOWN) for number in range(12)]
    said = {name: {prompt.sentences[name][0] for prompt in prompts} for name in KNOWN}
    assert all(len(sentences) >= 2 for sentences in said.values())
    assert any("chesterfield" in text for text in said["sofa"])
    assert not any("sofa" in text for text in said["sofa"])
    assert said["tent"] != said["table"]


def test_what_has_no_other_names_is_refused() -> None:
    with pytest.raises(ConfigError, match="hammer"):
        OtherNamesPrompt()(["chair", "hammer"])
    with pytest.raises(ConfigError, match="parts of chair"):
        OtherNamesPrompt()(["leg"], "chair")
    with pytest.raises(ConfigError, match="number=-1"):
        OtherNamesPrompt(-1)
