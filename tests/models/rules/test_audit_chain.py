"""The chain of the log: what is hashed is unambiguous, and the quick way to it is the same as the written one."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, strategies as st

from models.rules import audit_chain
from models.rules.audit_chain import FIRST, Field, Pieces, link, piece
from models.rules.audit_damage import Row, Walk

ENTRY: tuple[Field, ...] = (1, 1_795_320_000_000_000, "alice", 7, "", "203.0.113.7", "role.add", "role", 3, "Live host 主播", "", '{"a":1}')

TEXTS = st.one_of(
    st.just(""), st.just("\0"), st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["主播", "a\0b", "t1:x", "n0:"])
)
NUMBERS = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))


def as_it_was_first_written(previous: bytes, fields: tuple[Field, ...]) -> bytes:
    """The format, written down once more: the logs of shops that exist are in it, so it never changes."""
    digest = sha256(previous)
    for field in fields:
        if field is None:
            digest.update(b"n0:")
            continue
        data = str(field).encode()
        digest.update(b"%s%d:" % (b"i" if isinstance(field, int) else b"t", len(data)))
        digest.update(data)
    return digest.digest()


def as_the_database_has_it(fields: tuple[Field, ...], digest: bytes) -> Row:
    """An entry as a window reads it: text as bytes."""
    return (*(field.encode() if isinstance(field, str) else field for field in fields), digest)


def no_neighbours(_first: int, _last: int) -> list[Row]:
    """There is nothing else to look at."""
    return []


def test_a_known_entry_has_the_hash_that_it_always_had() -> None:
    """Worked out once, by hand: a change to the format would make every log that exists look damaged."""
    assert link(FIRST, ENTRY).hex() == as_it_was_first_written(FIRST, ENTRY).hex()
    assert link(FIRST, (1, None, "")).hex() == sha256(bytes(32) + b"i1:1n0:t0:").hexdigest()


@given(
    st.tuples(st.integers(1, 2**40), NUMBERS, TEXTS, NUMBERS, TEXTS, TEXTS, TEXTS, TEXTS, NUMBERS, TEXTS, TEXTS, TEXTS),
    st.binary(min_size=32, max_size=32),
)
def test_the_walk_takes_exactly_what_link_makes(fields: tuple[Field, ...], previous: bytes) -> None:
    """Whatever is in an entry: empty text, none, several bytes to a character, a NUL; and one bit of the hash less, and it does not."""
    digest = link(previous, fields)
    assert digest == as_it_was_first_written(previous, fields)
    number = fields[0]
    assert isinstance(number, int)
    for kept, found in ((digest, 0), (bytes([digest[0] ^ 1]) + digest[1:], 1)):
        walk = Walk(no_neighbours, after=number - 1, previous=previous)
        walk.feed([as_the_database_has_it(fields, kept)])
        assert len(walk.found) == found
        assert walk.number == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((None,), ("",)),
        ((0,), ("0",)),
        ((None,), ("n0:",)),
        (("ab", "c"), ("a", "bc")),
        (("a", ""), ("", "a")),
        (("t1:a",), ("t1:a", "")),
        (("a\0b",), ("a", "b")),
        ((12,), (1, 2)),
    ],
)
def test_what_differs_hashes_differently(one: tuple[Field, ...], other: tuple[Field, ...]) -> None:
    """Kinds and borders of fields count."""
    assert link(FIRST, one) != link(FIRST, other)


def test_text_and_its_bytes_are_the_same() -> None:
    """The database holds one, the program the other."""
    assert piece("主播") == piece("主播".encode()) == b"t6:\xe4\xb8\xbb\xe6\x92\xad"


def test_pieces_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of a million different addresses fills no memory."""
    monkeypatch.setattr(audit_chain, "KEPT_PIECES", 10)
    pieces = Pieces()
    for number in range(100):
        assert pieces[number] == piece(number)
        assert len(pieces) <= 10
