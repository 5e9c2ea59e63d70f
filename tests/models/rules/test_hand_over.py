"""What the hand-over card tells somebody to do, by how they get to the screens and by what was reset."""

from __future__ import annotations

import pytest

from models.rules.hand_over import AT_TERMINAL, Reset, Way, steps

COMMAND = "ssh -p 2222 shop@counter"
WITH_KEY = Way(has_key=True, command=COMMAND)
KEY_FIRST = Way(only_key=True, command=COMMAND)
RESETS = (None, Reset(password=True), Reset(totp=True), Reset(password=True, totp=True))
WAYS = [Way(has_key, only_key, command) for has_key in (False, True) for only_key in (False, True) for command in ("", COMMAND)]


@pytest.mark.parametrize("reset", RESETS)
def test_whoever_has_a_device_key_connects_with_it_first(reset: Reset | None) -> None:
    """With the command that does; of the shop's terminal nothing is said."""
    told = steps("carol", reset, WITH_KEY)
    assert told[0] == f"On your device: {COMMAND}"
    assert not [step for step in told if "terminal" in step or "pub" in step]


@pytest.mark.parametrize("reset", RESETS)
def test_without_a_key_one_comes_to_the_shops_terminal(reset: Reset | None) -> None:
    """As ever; what connects from elsewhere would be of no use, known or not."""
    told = steps("carol", reset, Way(command=COMMAND))
    assert told == steps("carol", reset, AT_TERMINAL) == steps("carol", reset)
    assert "shop's terminal" in told[0]
    assert not [step for step in told if "ssh" in step.lower() or "evice" in step]


@pytest.mark.parametrize("reset", RESETS)
def test_where_only_keys_open_the_key_is_enrolled_before_anything_else(reset: Reset | None) -> None:
    """Then it goes on as with one."""
    first, *rest = steps("carol", reset, KEY_FIRST)
    assert "public key" in first
    assert "owner" in first
    assert tuple(rest) == steps("carol", reset, WITH_KEY) == steps("carol", reset, WITH_KEY._replace(only_key=True))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_every_way_says_who_types_what(way: Way) -> None:
    """The login everywhere, a password of one's own where there is none, the code, and phone codes set up anew where they are void."""
    for reset in RESETS:
        told = steps("carol", reset, way)
        said = " ".join(told)
        assert len(set(told)) == len(told) <= 6
        assert "carol" in said
        assert "{" not in said
        assert ("Choose a password of your own" in said) is (reset is None or reset.password)
        assert ("this reset code" in said) is (reset == Reset(totp=True))
        assert ("phone codes anew" in said) is (reset is not None and reset.totp)


def test_where_the_command_is_not_known_it_is_not_made_up() -> None:
    """It says that there is a connection to be made, and no more."""
    assert steps("carol", None, Way(has_key=True))[0] == "On your device, connect to the shop over SSH."


def test_who_is_invited_is_asked_for_the_code_at_once_and_others_choose_to_type_it() -> None:
    """With a device key, whoever is active comes to the sign-in screen, whose login is filled in."""
    assert not [step for step in steps("carol", None, WITH_KEY) if "Activate" in step]
    assert [step for step in steps("carol", Reset(password=True), WITH_KEY) if "Activate" in step]
