"""What errors come from."""

from pointclip2.errors import TransientError, is_transient, origins


def test_an_error_that_was_raised_again_leads_back_to_itself_and_ends() -> None:
    first, second = ValueError("first"), KeyError("second")
    first.__context__, second.__cause__ = second, first
    assert list(origins(first)) == [first, second]
    assert not is_transient(first)
    second.__cause__ = TransientError("the moment's")
    assert is_transient(first)
