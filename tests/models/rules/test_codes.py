"""One-time codes: unguessable, readable aloud, kept only as digests."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter

import pytest
from hypothesis import given, strategies as st

from models.rules import codes

TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
CODES = st.text(codes.ALPHABET, min_size=codes.LENGTH, max_size=codes.LENGTH)


def test_a_code_has_at_least_112_random_bits() -> None:
    """Five bits a character, each drawn from all 32 evenly."""
    assert len(set(codes.ALPHABET)) == 32
    assert codes.LENGTH * 5 >= 112
    drawn = Counter("".join(codes.normalised(codes.new()) for _ in range(2000)))
    assert set(drawn) == set(codes.ALPHABET)
    assert max(drawn.values()) < 1.25 * min(drawn.values())


def test_no_code_comes_twice() -> None:
    """Nor does the beginning of one."""
    drawn = [codes.new() for _ in range(5000)]
    assert len({code[:9] for code in drawn}) == len(drawn)


def test_a_code_is_shown_in_groups_of_four() -> None:
    """In letters that cannot be taken for one another."""
    groups = codes.new().split("-")
    assert [len(group) for group in groups] == [4] * 6
    assert not set("".join(groups)) & set("ILOU")


@given(CODES, st.data())
def test_a_code_is_forgiven_how_it_was_typed(code: str, data: st.DataObject) -> None:
    """Case, width, grouping, and the letters that look like digits: all of them mean the same code."""
    looks_like = {"0": "0Oo０Ｏ", "1": "1IiLl１Ｉｌ"}
    typed = "".join(
        data.draw(st.sampled_from(["", "-", " ", "\u3000", "–", "－", "\n"]))
        + data.draw(st.sampled_from(looks_like.get(c, c + c.lower() + chr(ord(c) + 0xFEE0))))
        for c in code
    )
    assert len(typed) <= codes.LENGTH * 4
    assert codes.normalised(typed) == code
    assert codes.matches(typed, codes.digest(code))
    assert codes.digest(typed) == codes.digest(code)


@given(TEXTS)
def test_what_is_meant_is_a_code_or_nothing(typed: str) -> None:
    """Nothing in between, and saying it again changes nothing."""
    meant = codes.normalised(typed)
    assert meant == "" or (len(meant) == codes.LENGTH and set(meant) <= set(codes.ALPHABET))
    assert codes.normalised(codes.grouped(meant)) == meant


@given(CODES, CODES)
def test_one_code_does_not_open_what_another_does(one: str, other: str) -> None:
    """However alike they are."""
    assert codes.matches(one, codes.digest(other)) == (one == other)


@given(CODES, st.integers(0, codes.LENGTH - 1))
def test_one_wrong_character_is_wrong(code: str, place: int) -> None:
    """There is no nearly."""
    wrong = code[:place] + codes.ALPHABET[(codes.ALPHABET.index(code[place]) + 1) % 32] + code[place + 1 :]
    assert not codes.matches(wrong, codes.digest(code))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "7KQF",
        "0" * 23,
        "0" * 25,
        "U" + "0" * 23,
        "ſ" + "0" * 23,
        "ı" + "0" * 23,
        "\u0660" * 24,
        "0" * 23 + "\ud800",
        "0000\x00" * 5 + "0000",
        "é" + "0" * 24,
        "0" * 10_000_000,
    ],
)
def test_what_cannot_be_a_code_matches_nothing(typed: str) -> None:
    """Not even the digest of something else that cannot be one, nor its own."""
    assert codes.normalised(typed) == ""
    for digest in (
        codes.digest("0" * 24),
        codes.digest(""),
        codes.digest(typed),
        b"",
        hashlib.sha256(typed.encode("utf-8", "replace")).digest(),
    ):
        assert not codes.matches(typed, digest)


def test_the_digest_is_sha_256_of_the_code_without_its_groups() -> None:
    """So that another program could check a stored one."""
    code = "7KQF-2M9X-0000-1111-ABCD-WXYZ"
    assert codes.digest(code) == hashlib.sha256(b"7KQF2M9X00001111ABCDWXYZ").digest()


def test_digests_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for what cannot be a code: once each."""
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def counted(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", counted)
    code = codes.new()
    assert codes.matches(code, codes.digest(code))
    assert not codes.matches("7KQF", codes.digest(code))
    assert len(compared) == 2
