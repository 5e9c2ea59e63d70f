"""The shape of the tree, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from models.errors import Invalid
from models.rules.departments import MAX_DEPTH, NAME_LIMIT, Node, below, depth_of, height_of, name, split, walk
from tests.hostile import LITERAL, REFUSED, WELCOME

PARENTS = {1: None, 2: 1, 3: 2, 4: 1, 5: None}
"""1 holds 2 and 4, 2 holds 3; 5 stands beside 1."""


@st.composite
def trees(draw: st.DrawFn) -> dict[int, int | None]:
    """Each department below an earlier one or below the shop."""
    count = draw(st.integers(1, 30))
    return {each: draw(st.sampled_from([None, *range(1, each)])) for each in range(1, count + 1)}


def nodes(parents: dict[int, int | None]) -> list[Node]:
    """The same, each in the place of its id."""
    return [Node(each, parent, each) for each, parent in parents.items()]


def test_siblings_stand_by_their_places_and_children_right_below_their_parents() -> None:
    """Where two have the same place, the older stands first."""
    tree = [Node(1, None, 5), Node(2, None, 0), Node(3, 2, 9), Node(4, 2, 1), Node(5, None, 5), Node(6, 4, 0)]
    assert [(node.id, depth) for node, depth in walk(tree)] == [(2, 0), (4, 1), (6, 2), (3, 1), (1, 0), (5, 0)]


@given(trees())
def test_every_department_is_walked_once_after_its_parent_at_its_depth(parents: dict[int, int | None]) -> None:
    """Whatever the tree."""
    walked = list(walk(nodes(parents)))
    seen: list[int] = []
    for node, depth in walked:
        assert node.parent_id is None or node.parent_id in seen
        assert depth == depth_of(parents, node.parent_id)
        seen.append(node.id)
    assert sorted(seen) == sorted(parents)


@given(trees())
def test_what_lies_below_is_what_one_climbs_out_of_to_it(parents: dict[int, int | None]) -> None:
    """By the way up instead of the way down."""
    for top in parents:
        for each in parents:
            climbed: int | None = each
            while climbed is not None and climbed != top:
                climbed = parents[climbed]
            assert (each in below(parents, top)) == (climbed == top)


@given(trees())
def test_the_height_is_that_of_the_deepest_below(parents: dict[int, int | None]) -> None:
    """A department without children is one high."""
    for top in parents:
        children = [each for each, parent in parents.items() if parent == top]
        assert height_of(parents, top) == 1 + max((height_of(parents, child) for child in children), default=0)


def test_depths_are_counted_from_the_shop() -> None:
    """The shop itself is at none."""
    assert [depth_of(PARENTS, each) for each in (None, 1, 2, 3, 4, 5)] == [0, 1, 2, 3, 2, 1]
    assert MAX_DEPTH == 6


@pytest.mark.parametrize("payload", REFUSED.values(), ids=REFUSED)
def test_a_hostile_name_is_no_name(payload: str) -> None:
    """Refused with the field it was typed into."""
    with pytest.raises(Invalid) as refused:
        name("name", payload)
    assert refused.value.field == "name"


@pytest.mark.parametrize("payload", [*LITERAL.values(), *WELCOME.values()], ids=[*LITERAL, *WELCOME])
def test_whatever_can_be_seen_is_a_name_unless_it_is_a_path(payload: str) -> None:
    """Markup, formulas and scripts included: they are text."""
    if "/" in payload:
        with pytest.raises(Invalid):
            name("name", payload)
    else:
        kept = name("name", payload[:NAME_LIMIT])
        assert name("name", kept) == kept


@pytest.mark.parametrize(
    ("typed", "kept"), [("  Night   shift ", "Night shift"), ("夜班\u3000一组", "夜班 一组"), ("x" * NAME_LIMIT, "x" * NAME_LIMIT)]
)
def test_white_space_is_folded_before_the_name_is_kept(typed: str, kept: str) -> None:
    """So that two names never differ by what nobody sees."""
    assert name("name", typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "\u3000", "x" * (NAME_LIMIT + 1), "客" * (NAME_LIMIT + 1), "a/b", "/"])
def test_nothing_too_much_and_paths_are_no_names(typed: str) -> None:
    """Each has a reason of its own, which the screen shows beside the field."""
    with pytest.raises(Invalid):
        name("name", typed)


@pytest.mark.parametrize(
    ("path", "parts"), [("客服部/夜班", ("客服部", "夜班")), (" a / b ", ("a", "b")), ("//a//", ("a",)), ("", ()), ("/", ())]
)
def test_a_path_is_split_into_its_names(path: str, parts: tuple[str, ...]) -> None:
    """Blanks and empty parts aside."""
    assert split(path) == parts
