"""What controls between people say no with: requests, separation of duties. Exit code 1."""

from __future__ import annotations

from typing import Final

from models.errors.refusals import Refusal, Unauthorised
from models.i18n import N_, _


class Incompatible(Unauthorised):
    """Two permissions that were declared incompatible would come together in one person.

    Args:
        one: a code of the catalogue; likewise `other`.
        name: whose they would be, or the name of the role that would hold both.
    """

    words = N_("{name} would hold both “{one}” and “{other}”, which this shop keeps apart.")

    def __init__(self, one: str, other: str, name: str) -> None:
        super().__init__(one=one, other=other, name=name)
        self.one: Final = one
        self.other: Final = other

    def __str__(self) -> str:
        from models.catalogue import permission_label  # here, because most errors need no labels

        return _(self.words).format(name=self.facts["name"], one=permission_label(self.one), other=permission_label(self.other))


class SamePerson(Unauthorised):
    """Nobody decides on a request of their own, nor through a second account with the same phone, e-mail or staff number."""

    words = N_("You asked for this yourself, or from an account with the same phone, e-mail or staff number. Somebody else has to decide.")


class RequestGone(Refusal):
    """The request was decided on or withdrawn meanwhile."""

    words = N_("This request is no longer open.")


class RequestsFull(Refusal):
    """Somebody has as many requests open as one may have."""

    words = N_("You have {number} open requests already. Withdraw one, or wait for an answer.")

    def __init__(self, number: int) -> None:
        super().__init__(number=number)


class AskedAlready(Refusal):
    """The same is asked for already, and nobody has answered yet."""

    words = N_("You asked for this already, and nobody has answered yet.")


class HeldAlready(Refusal):
    """What is asked for is held at least as long already."""

    words = N_("This is held already, until that day or longer.")


class PostBars(Refusal):
    """The post keeps back all of what is asked for."""

    words = N_("The post, customer service, bars this: it is kept for operations. The post would have to change first.")
