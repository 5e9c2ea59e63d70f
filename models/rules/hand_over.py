"""The hand-over card: what somebody needs to come in, for the first time or after a reset, as a sheet to print.

One file with everything in it: nothing is loaded from anywhere, so it looks the same on a machine without internet, and printing it tells
nobody. Every value on it is escaped.
"""

from __future__ import annotations

from html import escape
from typing import Final, NamedTuple

from models.i18n import _, language
from models.text import visible

_LANG: Final = {"en": "en", "zh": "zh-Hans"}

_STYLE: Final = """
@page { size: A5 landscape; margin: 12mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem; color: #000; background: #fff; font: 1rem/1.5 sans-serif; }
h1 { margin: 0; font-size: 1.25rem; }
h2 { margin: 0 0 1rem; font-size: 1.75rem; overflow-wrap: anywhere; }
main { display: flex; gap: 1.5rem; align-items: flex-start; border-top: 2px solid #000; padding-top: 1rem; }
.words { flex: 1; min-width: 0; }
.code { margin: 0; font: bold 1.5rem/1.4 monospace; letter-spacing: .05em; }
.code span { white-space: nowrap; }
dt { font-size: .875rem; }
dd { margin: 0 0 .75rem; font-weight: bold; overflow-wrap: anywhere; }
figure { margin: 0; width: 11rem; text-align: center; font-size: .875rem; }
figure svg { width: 100%; height: auto; display: block; }
footer { border-top: 1px solid #000; margin-top: 1rem; padding-top: .5rem; font-size: .875rem; }
@media print { body { padding: 0; max-width: none; } }
"""


class Reset(NamedTuple):
    """What of somebody's security protection was reset, so that they come back in with a code."""

    password: bool = False
    totp: bool = False
    devices: bool = False


class Way(NamedTuple):
    """How somebody gets to the screens.

    Attributes:
        has_key: whether a device key of theirs opens the shop over SSH.
        only_key: whether they are let in by a device key alone, never at the shop's own terminal.
        command: what connects from their device, `ssh shop@counter`; "" where that is not known.
    """

    has_key: bool = False
    only_key: bool = False
    command: str = ""


AT_TERMINAL: Final = Way()
"""At the shop's own terminal."""


class Card(NamedTuple):
    """What stands on a card.

    Attributes:
        shop: the shop's name.
        account: `little-shop:alice`.
        name: the person's name.
        code: the one-time code, in groups.
        until: until when the code is good, as it is to be read, with the time zone.
        reset: what was reset; None for who comes in for the first time.
        way: how the person gets to the screens.
    """

    shop: str
    account: str
    name: str
    code: str
    until: str
    reset: Reset | None = None
    way: Way = AT_TERMINAL

    @property
    def login(self) -> str:
        """The account without its shop: what the person types."""
        return self.account.rpartition(":")[2]


def steps(login: str, reset: Reset | None = None, way: Way = AT_TERMINAL) -> tuple[str, ...]:
    """What the person does to come in, in the language in force.

    Args:
        reset: what was reset; None for who comes in for the first time.
        way: how the person gets to the screens.
    """
    over_ssh = way.has_key or way.only_key
    if reset is not None and not reset.password:
        told = _with_password(login, over_ssh=over_ssh)
    else:
        told = _with_code(login, reset, over_ssh=over_ssh)
    if reset is not None and reset.totp:
        told = (*told, _("Under “Me”, set up your phone codes anew: what the phone showed before no longer counts."))
    return (*_connecting(way), *told) if over_ssh else told


def _connecting(way: Way) -> tuple[str, ...]:
    """How to come to the screens from a device."""
    connect = (
        _("On your device: {command}").format(command=way.command) if way.command else _("On your device, connect to the shop over SSH.")
    )
    if way.has_key:
        return (connect,)
    return (_("First give the owner the public key of your device, the file that ends in .pub: without it you cannot come in."), connect)


def _with_password(login: str, *, over_ssh: bool) -> tuple[str, ...]:
    """What somebody types whose password is as good as before."""
    types = _("Type this reset code when you are asked for it.")
    if over_ssh:
        return (_("Sign in with your password; your login, {login}, stands there already.").format(login=login), types)
    return (_("At the shop's terminal, sign in as {login} with your password.").format(login=login), types)


def _with_code(login: str, reset: Reset | None, *, over_ssh: bool) -> tuple[str, ...]:
    """What somebody does who chooses a password. A device key fills in the login, and leads whoever is invited to the code at once."""
    choose = _("Choose a password of your own. Nobody else needs to know it.")
    if not over_ssh:
        start = _("At the shop's terminal, start “shopstaff” and choose “Activate”.")
        return (start, _("Type your login, {login}, and this code.").format(login=login), choose)
    if reset is None:
        return (_("Type this code; your login, {login}, stands there already.").format(login=login), choose)
    return (_("Choose “Activate” and type this code; your login, {login}, stands there already.").format(login=login), choose)


def html(card: Card) -> str:
    """The card as a page that prints, in the language in force."""
    groups = "<wbr>-".join(f"<span>{_said(group)}</span>" for group in card.code.split("-"))
    items = "".join(f"<li>{_said(step)}</li>" for step in steps(card.login, card.reset, card.way))
    facts = ((_("Account"), card.account), (_("Good until"), card.until))
    listed = "".join(f"<dt>{_said(label)}</dt><dd>{_said(value)}</dd>" for label, value in facts)
    return f"""<!DOCTYPE html>
<html lang="{_LANG[language()]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_said(card.account)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{_said(card.shop)}</h1>
<h2>{_said(card.name)}</h2>
<main>
<div class="words">
<dl>{listed}
<dt>{_said(_("Activation code") if card.reset is None else _("Reset code"))}</dt></dl>
<p class="code">{groups}</p>
<ol>{items}</ol>
</div>
<figure>{picture(card.code)}<figcaption>{_said(_("The same code, for a camera"))}</figcaption></figure>
</main>
<footer>{_said(_("The code works once. Keep this sheet to yourself and destroy it when you have signed in."))}</footer>
</body>
</html>
"""


def picture(code: str) -> str:
    """A QR code that says `code`, as an SVG element."""
    import segno  # here, because it takes 76 ms, and only cards that are printed need it

    return str(segno.make(code, micro=False, error="m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True))


def _said(value: str) -> str:
    return escape(visible(value))
