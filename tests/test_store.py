"""The stays' store: what goes in comes out, whole or not at all."""

import json
from dataclasses import fields

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data import store
from core.data.check import DTYPES
from core.data.workspace import FORMAT, create
from core.errors import Refusal
from core.schema import TABLES
from core.settings import Workspace
from tests.stays import made


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "w")


def sorted_rows(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(frame.columns[:2])).reset_index(drop=True)


def assert_same(left: store.Tables, right: store.Tables) -> None:
    for field in fields(store.Tables):
        pd.testing.assert_frame_equal(
            sorted_rows(getattr(left, field.name)), sorted_rows(getattr(right, field.name)), check_index_type=False
        )


def only(tables: store.Tables, stay_id: str) -> store.Tables:
    return store.Tables(**{name: frame[frame["stay_id"] == stay_id] for name, frame in vars(tables).items()})


def together(batches) -> store.Tables:
    batches = [store.no_rows(), *batches]
    return store.Tables(**{
        field.name: pd.concat([getattr(b, field.name) for b in batches]) for field in fields(store.Tables)
    })  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(0, 80), min_size=1, max_size=4), batch=st.integers(1, 200))
def test_what_goes_in_comes_out_by_every_way_of_reading(tmp_path_factory, sizes, batch):
    workspace = Workspace(tmp_path_factory.mktemp("w"))
    tables = [made(n, 4, prefix=f"{chr(97 + i)}") for i, n in enumerate(sizes)]
    for table in tables:
        store.append(workspace, table, "x")
    whole = together(tables)
    assert_same(store.read_all(workspace), whole)
    assert_same(together(store.stream(workspace, batch)), whole)
    assert store.counts(workspace) == {t.name: len(getattr(whole, t.name)) for t in TABLES}


def test_a_stay_comes_alone_with_all_its_rows(workspace):
    store.append(workspace, made(100, 7), "a")
    store.append(workspace, made(40, 7, prefix="t"), "b")
    whole = store.read_all(workspace)
    for stay_id in whole.stays["stay_id"]:
        assert_same(store.read_stay(workspace, stay_id), only(whole, stay_id))


def test_columns_and_dtypes_are_those_of_the_schema_even_without_rows(workspace):
    store.append(workspace, store.no_rows(), "nothing")
    for tables in (store.read_all(workspace), store.no_rows(), made(2)):
        for table in TABLES:
            frame = getattr(tables, table.name)
            assert {n: str(d) for n, d in frame.dtypes.items()} == {c.name: DTYPES[c.kind] for c in table.columns}


def test_batches_never_split_a_stay(workspace):
    store.append(workspace, made(150, 6), "a")
    seen: set[str] = set()
    for batch in store.stream(workspace, 10):
        ids = set(batch.stays["stay_id"])
        assert not ids & seen and set(batch.lines["stay_id"]) <= ids
        seen |= ids
    assert len(seen) == 150


def test_a_stay_is_stored_once(workspace):
    store.append(workspace, made(5), "a")
    before = store.read_all(workspace)
    with pytest.raises(Refusal, match="stay_already_stored"):
        store.append(workspace, made(7), "b")
    assert_same(store.read_all(workspace), before)
    assert not list(workspace.data.glob(".staging*"))


def test_rows_without_their_stay_are_refused(workspace):
    tables = made(5)
    with pytest.raises(Refusal, match="rows_without_stay"):
        store.append(workspace, store.Tables(tables.stays.head(1), *list(vars(tables).values())[1:]), "a")
    assert not workspace.path.exists()


def test_a_write_that_breaks_leaves_everything_as_it_was(workspace, monkeypatch):
    store.append(workspace, made(5), "a")
    before = store.read_all(workspace)

    def no_space(path, content):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_json", no_space)
        with pytest.raises(Refusal, match="workspace_unwritable"):
            store.append(workspace, made(5, prefix="t"), "b")
    assert_same(store.read_all(workspace), before)
    store.append(workspace, made(5, prefix="t"), "b")
    assert store.counts(workspace)["stays"] == 10


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "a file").touch()
    with pytest.raises(Refusal, match="workspace_unwritable"):
        store.append(Workspace(tmp_path / "a file" / "w"), made(2), "a")


def test_a_workspace_from_a_newer_version_is_refused(workspace):
    store.append(workspace, made(2), "a")
    (workspace.path / "workspace.json").write_text(json.dumps({"format": FORMAT + 1}))
    for ask in (lambda: store.read_stays(workspace), lambda: store.append(workspace, made(2, prefix="t"), "b")):
        with pytest.raises(Refusal, match="workspace_newer"):
            ask()


def test_a_damaged_workspace_file_is_refused(workspace):
    create(workspace)
    (workspace.path / "workspace.json").write_text("{")
    with pytest.raises(Refusal, match="workspace_damaged"):
        store.counts(workspace)


@pytest.mark.parametrize("harm", [lambda p: p.unlink(), lambda p: p.write_bytes(p.read_bytes()[:50])])
def test_a_part_that_is_gone_or_damaged_is_refused(workspace, harm):
    store.append(workspace, made(4), "a")
    harm(next((workspace.data / "lines").glob("*.parquet")))
    for ask in (store.read_all, lambda w: store.read_stay(w, "s00001"), lambda w: list(store.stream(w, 9))):
        with pytest.raises(Refusal, match="part_damaged"):
            ask(workspace)


def test_a_damaged_list_of_parts_is_refused(workspace):
    store.append(workspace, made(2), "a")
    (workspace.data / "parts.json").write_text("[{")
    with pytest.raises(Refusal, match="workspace_damaged"):
        store.counts(workspace)


def test_an_unknown_stay_is_refused_and_an_empty_workspace_is_empty(workspace):
    assert len(store.read_stays(workspace)) == 0
    with pytest.raises(Refusal, match="unknown_stay"):
        store.read_stay(workspace, "nobody")
