"""A user's own files."""

from pathlib import Path

import h5py
import laspy
import numpy as np
import pye57
import pytest
import torch
import trimesh

from pointclip2.data.class_names import GROUPS, MODELNET10
from pointclip2.data.files.rows import SUFFIXES
from pointclip2.data.folder import Folder
from pointclip2.types import CloudError, ConfigError, DataError, TransientError

MESH_SUFFIXES = (".ply", ".obj", ".off", ".stl", ".glb", ".gltf")
TALL = np.array([1.0, 1.0, 6.0])
"""Every test object is a tall box that stands along z."""


def box_points(n: int = 400) -> np.ndarray:
    return np.random.default_rng(0).uniform(-0.5, 0.5, size=(n, 3)) * TALL


def write(path: Path) -> Path:
    """A tall box in the format that the suffix asks for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    box = trimesh.creation.box(TALL)
    points = box_points()
    match path.suffix.lower():
        case ".npy":
            np.save(path, points)
        case ".npz":
            np.savez(path, points=points)
        case ".h5" | ".hdf5":
            with h5py.File(path, "w") as file:
                file["data"] = points[None]
        case ".las" | ".laz":
            scan = laspy.LasData(laspy.LasHeader(point_format=0))
            scan.header.scales = np.full(3, 1e-6)
            scan.x, scan.y, scan.z = points.T
            scan.write(path)
        case ".e57":
            with pye57.E57(str(path), mode="w") as file:
                file.write_scan_raw({f"cartesian{axis}": points[:, i] for i, axis in enumerate("XYZ")})
        case ".xyz" | ".txt" | ".pts" | ".asc":
            np.savetxt(path, points)
        case ".csv":
            np.savetxt(path, points, delimiter=",", header="x,y,z", comments="")
        case ".pcd":
            header = "FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nWIDTH 400\nHEIGHT 1\nDATA binary\n"
            path.write_bytes(header.encode() + points.astype("<f4").tobytes())
        case ".gltf":
            for name, content in trimesh.Scene(box).export(file_type="gltf").items():
                (path if name == "model.gltf" else path.parent / name).write_bytes(content)
        case suffix:
            path.write_bytes(
                content.encode() if isinstance(content := box.export(file_type=suffix[1:]), str) else content
            )
    return path


def extent(points: torch.Tensor) -> torch.Tensor:
    return points.amax(dim=0) - points.amin(dim=0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("chair/a.ply", "chair/b.npy", "night_stand/c.xyz", "night_stand/deep/lamp/d.stl"):
        write(tmp_path / "scans" / name)
    return tmp_path / "scans"


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".PLY", ".Csv"])
def test_every_format_gives_the_same_upright_box(tmp_path, suffix):
    path = write(tmp_path / f"box{suffix}")
    split = Folder(str(path), up="z", classes=["box"], points=1000).open("test")
    assert split.names == [path.name]
    points = split[0].points
    assert points.shape == (1000, 3)
    x, y, z = extent(points).tolist()
    assert y / x == pytest.approx(6, rel=0.1)
    assert y / z == pytest.approx(6, rel=0.1)


@pytest.mark.parametrize("suffix", [*SUFFIXES, "points.ply", "points.obj"])
def test_the_frame_leads_back_to_the_rows_of_every_file_that_has_rows(tmp_path, suffix):
    path = tmp_path / f"box{suffix}"
    match suffix:
        case "points.ply":
            trimesh.PointCloud(box_points()).export(path)
        case "points.obj":
            path.write_text("".join(f"v {x} {y} {z}\n" for x, y, z in box_points()))
        case _:
            write(path)
    cloud = Folder(str(path), up="-z", classes=["box"], points=300).open("test")[0]
    back = cloud.frame.to_input(cloud.points).numpy()
    if suffix in MESH_SUFFIXES:  # drawn from the surface: no rows, but the file's own coordinates
        assert cloud.frame.index is None
        assert np.abs(np.abs(back) / TALL).max(axis=1) == pytest.approx(np.full(300, 0.5), abs=1e-5)
    else:
        assert cloud.frame.index is not None
        assert len(set(cloud.frame.index.tolist())) == 300
        assert back == pytest.approx(box_points()[cloud.frame.index.numpy()], abs=3e-5)


def test_what_a_mesh_reader_says_of_every_face_is_not_shown(tmp_path, caplog):
    caplog.set_level("DEBUG")
    square = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\nf 1 2 3\n"
    (tmp_path / "a.obj").write_text(square)
    Folder(str(tmp_path), classes=["a"]).open("test")[0]
    assert caplog.text == ""


def test_a_surface_is_sampled_by_area_not_by_vertex(tmp_path):
    corners = np.array(
        [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [9, 0, 0], [9, 0.01, 0], [9, 0, 0.01]], float
    )
    trimesh.Trimesh(corners, [[0, 1, 2], [1, 3, 2], [4, 5, 6]], process=False).export(tmp_path / "a.ply")
    points = Folder(str(tmp_path), classes=["a"], points=2000).open("test")[0].points
    first = points[points[:, 0] < points[:, 0].amin() + extent(points)[0] / 2]
    assert len(first) > 1990
    assert torch.unique(first, dim=0).shape == first.shape


def test_points_without_faces_are_taken_as_points(tmp_path):
    (tmp_path / "a.obj").write_text("".join(f"v {x} {y} {z}\n" for x, y, z in box_points()))
    trimesh.PointCloud(box_points()).export(tmp_path / "b.ply")
    split = Folder(str(tmp_path), up="z", classes=["box"], points=400, sampling="first").open("test")
    expected = Folder(str(write(tmp_path / "c.npy")), up="z", classes=["box"], points=400, sampling="first")
    for index in (0, 1):
        assert split[index].points.numpy() == pytest.approx(expected.open("test")[0].points.numpy(), abs=1e-5)


@pytest.mark.parametrize("suffix", ["glb", "gltf"])
def test_the_parts_of_a_scene_stand_where_its_transforms_put_them(tmp_path, suffix):
    ball = trimesh.creation.icosphere(radius=0.5)
    scene = trimesh.Scene()
    for number, height in enumerate((0.0, 10.0)):
        scene.add_geometry(
            ball, node_name=f"ball{number}", geom_name="ball", transform=np.eye(4) + height * UP
        )
    exported = scene.export(file_type=suffix)
    if suffix == "glb":
        (tmp_path / "two.glb").write_bytes(exported)
    else:
        for name, content in exported.items():
            (tmp_path / name).write_bytes(content)
    points = Folder(str(tmp_path), up="y", classes=["a"]).open("test")[0].points
    x, y, _ = extent(points).tolist()
    assert y / x == pytest.approx(11, rel=0.05)
    assert (points[:, 1].abs() < y / 4).sum() == 0


UP = np.zeros((4, 4))
UP[1, 3] = 1


def test_the_folder_a_file_lies_in_is_its_label(root):
    split = Folder(str(root), up="z").open("test")
    assert split.names == ["chair/a.ply", "chair/b.npy", "night_stand/c.xyz", "night_stand/deep/lamp/d.stl"]
    assert split.classes == ("chair", "lamp", "night stand")
    assert [split.classes[label] for label in split.labels] == ["chair", "chair", "night stand", "lamp"]
    assert split[2].label == 2


def test_files_at_the_top_and_labels_none_leave_the_class_open(root):
    write(root / "e.ply")
    assert Folder(str(root)).open("test").labels[2] == -1
    assert set(Folder(str(root), labels="none", classes=["chair"]).open("test").labels) == {-1}


def test_a_table_gives_labels_and_an_axis_to_each_file(root):
    (root / "labels.csv").write_text(
        "file,label,up,licence\nchair/a.ply,arm_chair,z,MIT\nchair/b.npy,stool,any,MIT\nnight_stand/c.xyz,,,MIT\n"
    )
    split = Folder(str(root), up="x", labels=str(root / "labels.csv")).open("test")
    assert len(split) == 4  # The table itself is no cloud.
    assert split.classes == ("arm chair", "stool")
    assert split.labels == [0, 1, -1, -1]
    tallest = [int(extent(split[i].points).argmax()) for i in range(4)]
    assert tallest == [1, 2, 2, 2]  # z to y; as it is; x to y leaves z.


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("name,class\na,b\n", "columns file and label"),
        ("", "columns"),
        ("file,label\nchair/a.ply,x\nchair/a.ply,y\n", "line 3.*twice"),
        ("file,label\nchair/z.ply,x\n", r"line 2.*chair/z\.ply"),
        ("file,label,up\nchair/a.ply,x,w\n", "line 2.*'w'"),
        ("file,label,split\nchair/a.ply,x,exam\n", "line 2.*'exam'"),
        ("file,label\n/etc/hostname,x\n", "line 2: /etc/hostname does not lie in"),
        ("file,label\n._hidden.ply,x\n", "labels no file"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(root, table, reason):
    (root / "labels.csv").write_text(table)
    (root / "._hidden.ply").write_bytes(b"")
    with pytest.raises(DataError, match=reason):
        Folder(str(root), labels=str(root / "labels.csv")).open("test")


@pytest.mark.parametrize("start", ["{root}/", "./", "chair/../"])
def test_a_table_may_name_its_files_in_any_way(root, start):
    names = ("chair/a.ply", "chair/b.npy")
    lines = [f"{start.format(root=root)}{name},label {at}\n" for at, name in enumerate(names)]
    (root / "labels.csv").write_text("file,label\n" + "".join(lines))
    split = Folder(str(root), labels=str(root / "labels.csv")).open("test")
    assert split.labels == [0, 1, -1, -1]


def test_a_table_may_say_the_split(root):
    (root / "labels.csv").write_text(
        "file,label,split\nchair/a.ply,chair,train\nchair/b.npy,chair,test\nnight_stand/c.xyz,stand,Validation\n"
    )
    data = Folder(str(root), labels=str(root / "labels.csv"))
    assert data.splits == ("train", "val", "test")
    assert [data.open(split).names for split in data.splits] == [
        ["chair/a.ply"],
        ["night_stand/c.xyz"],
        ["chair/b.npy"],
    ]
    assert {data.open(split).classes for split in data.splits} == {("chair", "stand")}


def test_what_is_not_read_is_named_and_counted_whatever_its_ending(root, caplog):
    for name in ("a.fbx", "chair/b.dwg", "chair/c.dwg", "LICENSE", ".hidden.md", "a.mtl"):
        (root / name).write_bytes(b"x")
    (root / "letter.txt").write_text("Dear reader,\nmade in May 2024.\n")
    (root / "chair" / "seat.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    split = Folder(str(root)).open("test")
    assert len(split) == 5
    said = "not read: 2 .dwg (chair/b.dwg, chair/c.dwg), 1 .fbx (a.fbx), 1 .txt (letter.txt)"
    assert f"{said}, 1 without an ending (LICENSE)" in caplog.text
    (root / "empty").mkdir()
    (root / "empty" / "a.fbx").write_bytes(b"x")
    with pytest.raises(DataError, match=r"no files that can be read.*1 \.fbx \(a\.fbx\)"):
        Folder(str(root / "empty")).open("test")


def test_a_listed_file_of_unknown_format_is_missed_not_forgotten(root):
    (root / "e.fbx").write_bytes(b"Kaydara")
    (root / "labels.csv").write_text("file;label\ne.fbx;chair\nchair/a.ply;chair\n")
    split = Folder(str(root), labels=str(root / "labels.csv")).open("test")
    with pytest.raises(CloudError, match=r"e\.fbx"):
        split[split.names.index("e.fbx")]


def test_classes_that_lack_labels_are_one_error_naming_them_all(root):
    with pytest.raises(DataError, match="lamp, night stand") as caught:
        Folder(str(root), classes=["chair", "table"]).open("test")
    assert "\n" not in str(caught.value)
    split = Folder(str(root), classes=["table", "night_stand", "lamp", "chair"]).open("test")
    assert split.labels == [3, 3, 1, 2]


def test_a_single_file_chooses_among_all_labels_of_its_table(root):
    (root / "labels.csv").write_text("file,label\na.ply,chair\nb.npy,stool\n")
    write(root / "a.ply")
    write(root / "b.npy")
    split = Folder(str(root / "a.ply"), labels=str(root / "labels.csv")).open("test")
    assert (split.names, split.labels, split.classes) == (["a.ply"], [0], ("chair", "stool"))


def test_without_any_label_the_classes_have_to_be_named(root):
    with pytest.raises(DataError, match=r"data\.classes"):
        Folder(str(root), labels="none").open("test")


def test_split_folders_become_splits_that_share_their_classes(tmp_path):
    for name in ("train/chair/a.npy", "train/table/b.npy", "test/chair/a.npy"):
        write(tmp_path / name)
    data = Folder(str(tmp_path))
    assert data.splits == ("train", "test")
    assert data.open("test").names == ["test/chair/a.npy"]
    assert data.open("test").classes == data.open("train").classes == ("chair", "table")
    with pytest.raises(DataError, match="train, test"):
        data.open("val")


def test_a_lone_folder_of_trains_is_a_class(tmp_path):
    write(tmp_path / "train/a.npy")
    write(tmp_path / "ship/b.npy")
    data = Folder(str(tmp_path))
    assert data.splits == ("test",)
    assert data.open("test").classes == ("ship", "train")


BAD = {
    "empty.ply": b"",
    "empty.npy": b"",
    "empty.glb": b"",
    "empty.xyz": b"",
    "cut.glb": b"glTF\x02\x00\x00\x00\xff\x00\x00\x00",
    "noise.stl": b"solid nothing\n",
    "noise.off": b"OFF\n8 12 0\n0 0 0\n",
    "noise.obj": b"\x00\x01\x02\x03",
    "noise.ply": b"ply\nformat ascii 1.0\nelement vertex 9\nproperty float x\nend_header\n0\n",
    "noise.npy": b"\x93NUMPY\x01\x00v\x00{",
    "noise.npz": b"PK\x03\x04",
    "noise.gltf": b"{",
    "noise.pcd": b"VERSION 0.7\n",
    "cut.txt": b"3\n1 2 3\n",
}


@pytest.mark.parametrize("name", BAD)
def test_an_unreadable_file_is_named_and_the_others_go_on(root, name):
    (root / "chair" / name).write_bytes(BAD[name])
    split = Folder(str(root)).open("test")
    index = split.names.index(f"chair/{name}")
    with pytest.raises(CloudError) as caught:
        split[index]
    assert str(caught.value).startswith(f"chair/{name}: ")
    assert "\n" not in str(caught.value)
    good = [split[i] for i in range(len(split)) if i != index]
    assert len(good) == 4


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros((0, 3)), "no points"),
        (np.zeros((9, 2)), "shape"),
        (np.full((9, 3), np.nan), "finite"),
        (np.full((9, 3), "x"), "dtype"),
        (np.zeros(9, dtype=[("u", "f4"), ("y", "f4"), ("z", "f4")]), "columns u, y, z"),
        (np.zeros((9, 20)), "transposed"),
        (np.zeros((2, 5, 7, 3)), "shape"),
    ],
)
def test_an_array_that_is_no_cloud_is_refused_with_the_reason(tmp_path, array, reason):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(CloudError, match=rf"a\.npy: .*{reason}"):
        Folder(str(tmp_path), classes=["a"]).open("test")[0]


def test_one_point_equal_points_and_flat_meshes_are_clouds_of_zeros(tmp_path):
    np.save(tmp_path / "one.npy", np.array([[4.0, 5.0, 6.0]]))
    np.save(tmp_path / "same.npy", np.full((50, 3), 0.3))
    (tmp_path / "point.obj").write_text("v 1 2 3\nv 1 2 3\nv 1 2 3\nf 1 2 3\n")
    split = Folder(str(tmp_path), classes=["a"]).open("test")
    for index in range(3):
        assert split[index].points.shape == (1024, 3)
        assert (split[index].points == 0).all()


def test_triangles_with_nan_or_without_area_leave_the_others_be(tmp_path):
    corners = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv nan 0 0\nv 5 5 5\n"
    (tmp_path / "a.obj").write_text(corners + "f 1 2 3\nf 1 2 4\nf 5 5 5\n")
    points = Folder(str(tmp_path), classes=["a"]).open("test")[0].points
    assert torch.isfinite(points).all()
    assert extent(points)[2] < 1e-6


def test_hidden_files_and_files_of_other_kinds_are_passed_over(root):
    for name in ("._a.ply", ".cache/x.npy", "README.md", "a.mtl"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"junk")
    assert len(Folder(str(root)).open("test")) == 4


def test_the_buffers_of_a_gltf_are_part_of_its_checksum(tmp_path):
    write(tmp_path / "a.gltf")
    before = Folder(str(tmp_path), classes=["a"]).open("test").checksum
    buffer = next(tmp_path.glob("*.bin"))
    buffer.write_bytes(buffer.read_bytes()[::-1])
    assert Folder(str(tmp_path), classes=["a"]).open("test").checksum != before


def test_a_path_that_is_missing_empty_or_not_given_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        Folder(str(tmp_path / "nowhere")).open("test")
    with pytest.raises(DataError, match="no files that can be read"):
        Folder(str(tmp_path)).open("test")
    with pytest.raises(DataError, match=r"data\.path="):
        Folder().open("test")


def test_unknown_axis_and_misspelt_classes_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="list"):
        Folder(str(tmp_path), classes="chair")
    with pytest.raises(ConfigError, match="up"):
        Folder(str(tmp_path), up="north")
    with pytest.raises(ConfigError, match="twice"):
        Folder(str(tmp_path), classes=["tv_stand", "tv stand"])


def test_the_classes_of_the_built_in_model_may_be_asked_for_by_one_word(tmp_path: Path) -> None:
    (tmp_path / "seat.xyz").write_text("0 0 0\n0 1 0\n1 0 0\n")
    (tmp_path / "thing.xyz").write_text("0 0 0\n0 1 0\n1 0 0\n")
    labels = tmp_path / "known.csv"
    labels.write_text("file,label\nseat.xyz,chair\n")
    split = Folder(str(tmp_path), labels=str(labels), classes="known").open("test")
    assert len(split.classes) == 49
    of = dict(zip(split.names, split.labels, strict=True))
    assert of["seat.xyz"] == split.classes.index("chair")
    assert of["thing.xyz"] == -1  # not in the table: no truth, but classified


def test_a_data_set_lends_its_classes_and_others_are_counted_not_scored(root, caplog):
    split = Folder(str(root), classes="modelnet10").open("test")
    assert split.classes == MODELNET10
    assert [split.classes[label] for label in split.labels[:3]] == ["chair", "chair", "night stand"]
    assert split.labels[3] == -1
    assert "1 of 4 files are of none of the 10 classes" in caplog.text


@pytest.mark.parametrize("name", GROUPS)
def test_every_data_set_has_its_classes_once(name):
    assert Folder("nowhere", classes=name).classes == GROUPS[name]


def test_numbers_and_truth_values_are_names(tmp_path):
    for label in ("0", "1", "true"):
        write(tmp_path / label / "a.npy")
    split = Folder(str(tmp_path), classes=[0, 1, True]).open("test")
    assert split.classes == ("0", "1", "true")
    assert split.labels == [0, 1, 2]
    for wrong in ([], [None]):
        with pytest.raises(ConfigError, match=r"data\.classes"):
            Folder(str(tmp_path), classes=wrong)


def test_the_clouds_of_an_hdf5_file_are_samples_with_its_labels(tmp_path):
    with h5py.File(tmp_path / "many.h5", "w") as file:
        file["data"] = np.stack([box_points() + row for row in range(3)])
        file["label"] = np.array([[1], [0], [1]], dtype=np.uint8)
    write(tmp_path / "one.h5")
    split = Folder(str(tmp_path), classes=["chair", "table"], points=50).open("test")
    assert split.names == ["many.h5/0000", "many.h5/0001", "many.h5/0002", "one.h5"]
    assert split.labels == [1, 0, 1, -1]
    assert [split[row].input_points.mean().round().item() for row in range(3)] == [0, 1, 2]
    assert Folder(str(tmp_path / "many.h5")).open("test").classes == ("0", "1")
    with pytest.raises(DataError, match=r"many\.h5 has the label 1"):
        Folder(str(tmp_path), classes=["chair"]).open("test")


def test_a_file_that_changes_while_it_is_read_is_no_result(root, monkeypatch):
    path = root / "chair" / "b.npy"
    split = Folder(str(root)).open("test")
    load = np.load

    def slow(*args, **options):
        found = load(*args, **options)
        with path.open("ab") as file:
            file.write(b"more")
        return found

    monkeypatch.setattr(np, "load", slow)
    with pytest.raises(TransientError, match=r"chair/b\.npy: it changed while it was read"):
        split[1]


def test_a_table_of_labels_is_no_cloud_also_when_another_is_used(tmp_path: Path) -> None:
    (tmp_path / "seat.xyz").write_text("0 0 0\n0 1 0\n1 0 0\n")
    (tmp_path / "points.csv").write_text("x,y,z\n0,0,0\n0,1,0\n1,0,0\n")
    (tmp_path / "labels.csv").write_text("file; label; up\nseat.xyz; chair; y\n")
    (tmp_path / "mine.txt").write_text("file,label\nseat.xyz,stool\n")
    for labels in ("none", str(tmp_path / "mine.txt")):
        split = Folder(str(tmp_path), labels=labels, classes=["chair", "stool"]).open("test")
        assert list(split.names) == ["points.csv", "seat.xyz"]
