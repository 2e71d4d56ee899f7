"""What errors come from."""

import errno

from pointclip2.errors import TransientError, is_transient, origins, refused_by_system


def test_an_error_that_was_raised_again_leads_back_to_itself_and_ends() -> None:
    first, second = ValueError("first"), KeyError("second")
    first.__context__, second.__cause__ = second, first
    assert list(origins(first)) == [first, second]
    assert not is_transient(first)
    second.__cause__ = TransientError("the moment's")
    assert is_transient(first)


def test_no_place_for_temporary_files_is_said_in_a_line_and_a_missing_file_is_not() -> None:
    nowhere = FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")
    told = refused_by_system(nowhere)
    assert told is not None
    assert told.startswith("No usable temporary directory")
    assert refused_by_system(FileNotFoundError(errno.ENOENT, "No such file or directory", "a")) is None
