"""The console belongs to the run: libraries do not fill it."""

import logging
from pathlib import Path

import pytest

from pointclip2.app.console import quiet_lightning
from pointclip2.data.folder import Folder

CUBE = "".join(f"v {x} {y} {z}\n" for x in (0, 1) for y in (0, 1) for z in (0, 1))
QUADS = "f 1 2 4 3\nf 5 6 8 7\nf 1 2 6 5\nf 3 4 8 7\nf 1 3 7 5\nf 2 4 8 6\n"


def test_meshes_of_quadrangles_do_not_fill_the_console(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cube.obj").write_text(CUBE + QUADS)
    caplog.set_level(logging.INFO)
    with quiet_lightning():
        cloud = Folder(str(tmp_path / "cube.obj"), labels="none", classes=["cube"]).open("test")[0]
    assert len(cloud.points) == 1024
    assert [record for record in caplog.records if record.name.startswith("trimesh")] == []
