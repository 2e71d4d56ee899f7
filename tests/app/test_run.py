import pytest

from pointclip2.app.run import print_finding
from pointclip2.tasks.task import Finding


def test_names_in_brackets_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding({}, {}, "detection in [/x]", [("AP of [/y]", "1.00")], "One [/z].")
    record = {
        "backbone": {"trained": False, "trained_on": "nothing [/t]"},
        "seconds": {"load": 1.0, "total": 2.0},
    }
    print_finding(finding, record)
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("[/x]", "[/y]", "[/z]", "[/t]"))
