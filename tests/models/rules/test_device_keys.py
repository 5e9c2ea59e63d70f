"""Device keys as they are pasted: what is taken, what is refused and with which words, and that ssh calls them the same."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from textwrap import wrap
from time import process_time

import pytest

from models.errors import Invalid
from models.queries.devices import size
from models.rules.device_keys import LONGEST, TYPES, DeviceKey, parse
from models.text import visible
from tests import device_keys as keys
from tests.hostile import LITERAL, REFUSED

OF_KINDS = {
    "ssh-ed25519": keys.ed25519("kinds"),
    "ecdsa-sha2-nistp256": keys.ecdsa("nistp256"),
    "ecdsa-sha2-nistp384": keys.ecdsa("nistp384"),
    "ecdsa-sha2-nistp521": keys.ecdsa("nistp521"),
    "ssh-rsa": keys.rsa(3072),
    "sk-ssh-ed25519@openssh.com": keys.sk_ed25519(),
    "sk-ecdsa-sha2-nistp256@openssh.com": keys.sk_ecdsa(),
}
"""One of every type that is taken."""
MADE = (("ed25519", 256), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 3072), ("rsa", 4096))
"""What `ssh-keygen -t -b` makes and is taken."""
ED25519 = keys.ed25519("laptop")
BLOB = ED25519.split()[1]


def words(text: str) -> str:
    """With which words a text is refused."""
    with pytest.raises(Invalid) as refused:
        parse("key", text)
    assert refused.value.field == "key"
    return str(refused.value)


NO_KEY = "This is no SSH public key."
NOT_FIRST = "Leave out what stands in front of the key"
NOT_WHOLE = "This key is not whole."
PRIVATE = "This is a private key."
TOO_MANY = "One key at a time, please."


def keygen(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Debian's own program."""
    program = shutil.which("ssh-keygen")
    if program is None:
        pytest.skip("there is no ssh-keygen here")
    return subprocess.run([program, *map(str, arguments)], input="", capture_output=True, text=True, check=False, timeout=120)


@cache
def made(folder: Path, kind: str, bits: int) -> Path:
    """A pair that ssh-keygen made; the private half."""
    file = folder / f"{kind}-{bits}"
    done = keygen("-q", "-t", kind, "-b", bits, "-N", "", "-C", "alice@laptop of hers", "-f", file)
    assert done.returncode == 0, done.stderr
    return file


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pairs are made, once each."""
    return tmp_path_factory.mktemp("keys")


def listed(text: str, folder: Path) -> tuple[int, str, str] | None:
    """What `ssh-keygen -lf` says of a key: size, fingerprint and type; None where it refuses it."""
    file = folder / "asked.pub"
    file.write_text(text)
    done = keygen("-l", "-f", file)
    if done.returncode:
        return None
    bits, fingerprint, *_comment, kind = done.stdout.split()
    return int(bits), fingerprint, kind.strip("()")


@pytest.mark.parametrize(("kind", "bits"), MADE)
def test_p12_what_ssh_keygen_makes_is_taken_and_called_as_ssh_calls_it(folder: Path, kind: str, bits: int) -> None:
    """As a line with its comment, and in the form of RFC 4716."""
    pair = made(folder, kind, bits)
    line = pair.with_suffix(".pub").read_text()
    key = parse("key", line)
    assert (key.bits, key.fingerprint, size(key.kind, key.bits).split()[0]) == listed(line, folder)
    assert key.line == " ".join(line.split()[:2])
    assert parse("key", keygen("-e", "-m", "RFC4716", "-f", pair).stdout) == key
    assert parse("key", keygen("-y", "-f", pair).stdout) == key


@pytest.mark.parametrize(("kind", "bits"), MADE)
@pytest.mark.parametrize("form", ["OPENSSH", "PEM", "PKCS8"])
def test_p12_a_private_key_is_refused_in_every_form(folder: Path, kind: str, bits: int, form: str) -> None:
    """As ssh-keygen writes it, without its first line, behind other text, and with its public half before it."""
    pair = made(folder, kind, bits)
    file = folder / f"{pair.name}-{form}"
    if form != "OPENSSH":
        shutil.copy(pair, file)
        keygen("-q", "-p", "-N", "", "-m", form, "-f", file)
    text = (file if form != "OPENSSH" else pair).read_text()
    first, rest = text.split("\n", 1)
    for pasted in (text, rest, first, text.replace("\n", "\r\n"), "My key:\n" + text, pair.with_suffix(".pub").read_text() + text):
        assert words(pasted).startswith(PRIVATE)
    if "OPENSSH" in text:
        assert words(rest[:70]).startswith(PRIVATE)


PPK = """PuTTY-User-Key-File-3: ssh-ed25519
Encryption: none
Comment: eddsa-key-20261122
Public-Lines: 2
{first}
{second}
Private-Lines: 1
AAAAIDeadBeefDeadBeefDeadBeefDeadBeefDeadBeefDead
Private-MAC: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
"""


def test_p12_puttys_file_is_refused_and_what_it_shows_is_taken() -> None:
    """The .ppk has the private half in it; the saved public key, and the line that is there to be copied, have not."""
    ppk = PPK.format(first=BLOB[:64], second=BLOB[64:])
    assert words(ppk).startswith(PRIVATE)
    assert words(ppk.split("\n", 1)[1]).startswith(PRIVATE)
    assert words(ppk.replace("-3:", "-2:")).startswith(PRIVATE)
    lines = ("---- BEGIN SSH2 PUBLIC KEY ----", 'Comment: "eddsa-key-20261122"', BLOB[:64], BLOB[64:], "---- END SSH2 PUBLIC KEY ----", "")
    saved = "\r\n".join(lines)
    assert parse("key", saved).blob == BLOB
    assert parse("key", f"ssh-ed25519 {BLOB} eddsa-key-20261122") == parse("key", saved)


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Comment: laptop\n",
        'Comment: "a long one that goes on \\\nin the next line: and has a colon, \\\nand on"\n',
        "Subject: me\nx-private: it says PRIVATE KEY, and is none\n",
    ],
)
def test_the_headers_of_a_file_are_somebodys_words(headers: str) -> None:
    """Over several lines, too (RFC 4716, 3.3)."""
    body = "\n".join(wrap(BLOB, 20))
    assert parse("key", f"---- BEGIN SSH2 PUBLIC KEY ----\n{headers}{body}\n---- END SSH2 PUBLIC KEY ----").blob == BLOB


@pytest.mark.parametrize(
    "text",
    [
        "---- BEGIN SSH2 PUBLIC KEY ----" + "\n" * (LONGEST - 40) + "x",
        "BEGIN " * (LONGEST // 6 - 1) + "x",
        "ssh-rsa" + " " * (LONGEST - 10) + "x",
        "ssh-rsa " + "A " * (LONGEST // 2 - 10),
    ],
    ids=["lines", "beginnings", "blanks", "pieces"],
)
def test_what_is_made_to_be_looked_at_for_long_is_refused_at_once(text: str) -> None:
    """It is looked at after every key that is pressed in its field; a weak machine takes ten times as long as this one."""
    before = process_time()
    with pytest.raises(Invalid):
        parse("key", text)
    assert process_time() - before < 0.3


@pytest.mark.parametrize("line", OF_KINDS.values(), ids=OF_KINDS)
def test_every_type_is_taken_however_it_was_copied(line: str) -> None:
    """Comments with blanks and in any writing, Windows' ends of lines and byte order mark, breaks of narrow windows, a mail that wraps."""
    kind, blob = line.split()[:2]
    whole = DeviceKey(kind, blob, parse("key", line).bits)
    assert set(OF_KINDS) == set(TYPES)
    for comment in (
        "",
        "laptop",
        "alice@laptop of hers",
        "王芳的笔记本",
        "AAAA",
        "a=b, c",
        "my private key",
        "\u202egnp.exe",
        "\x1b]52;c;",
    ):
        for text in (
            f"{kind} {blob} {comment}",
            f"  \n{kind}\t{blob}  {comment}\r\n\r\n",
            f"\ufeff{kind} {blob} {comment}\n",
            f"{kind}\n{blob}\n{comment}",
            f"{kind}\r\n" + "\r\n".join(wrap(blob, 76)) + f" {comment}",
            "\n".join(wrap(f"{kind} {blob}", 40, break_on_hyphens=False)) + f" {comment}",
        ):
            assert parse("key", text) == whole, text
    for width in range(len(kind), 100):
        assert parse("key", "\n".join(f"{kind} {blob}"[at : at + width] for at in range(0, len(line), width))) == whole, width


@pytest.mark.parametrize(
    "options",
    ['from="10.0.0.0/8"', "no-pty,restrict", "cert-authority", 'command="/bin/sh -c ls"', "@revoked", "*.example.com", "# a comment\n"],
)
def test_p12_options_in_front_are_refused(options: str) -> None:
    """Somebody may believe that they hold, and of a certificate authority it would be another's key that opens."""
    assert words(f"{options} {ED25519}").startswith(NOT_FIRST)


@pytest.mark.parametrize("kind", ["ssh-dss", "ssh-ed25519-cert-v01@openssh.com", "ssh-ed448"])
@pytest.mark.parametrize("blob", ["AAAAB3NzaC1kc3MAAACBAJ", BLOB])
def test_a_type_that_is_not_taken_is_named_whatever_follows_it(kind: str, blob: str) -> None:
    """A certificate is put together in another way than keys are; to copy it again would be no better."""
    assert words(f"{kind} {blob} laptop").startswith(f"Keys of the type {kind} are not taken.")


TWO = (
    f"{ED25519}\n{keys.ed25519('phone')}",
    f"{ED25519} {keys.ed25519('phone')}",
    f"{ED25519}\r\n{keys.rsa(3072)}\r\n",
    f"{ED25519}\nssh-dss {BLOB}",
    f"{ED25519}\n{ED25519}",
    "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n" * 2,
)


@pytest.mark.parametrize("text", TWO)
def test_one_key_at_a_time(text: str) -> None:
    """Nobody guesses which was meant."""
    assert words(text) == TOO_MANY


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "hello",
        "ssh",
        "请加入我的证书",
        BLOB,
        f"AAAA {BLOB}",
        f"SSH-ED25519 {BLOB}",
        f"ssh-éd25519 {BLOB}",
        "2048 35 12345678901234567890 old@protocol",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "SHA256:1234567890123456789012345678901234567890123",
        "x" * 100_000,
        f"ssh-ed25519 {BLOB} " + "x" * LONGEST,
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    """And said to be none."""
    assert words(text).startswith(NO_KEY)


@pytest.mark.parametrize("hostile", [*REFUSED.values(), *LITERAL.values()], ids=[*REFUSED, *LITERAL])
def test_p17_what_cannot_be_seen_gets_into_no_key(hostile: str) -> None:
    """In front, inside and behind: at most it is a comment, which stays out."""
    for text in (hostile, f"ssh-ed25519 {hostile}", f"ssh-ed25519 {BLOB[:30]}{hostile}{BLOB[30:]}", f"{hostile}{ED25519}"):
        try:
            said = parse("key", text).line
        except Invalid as refused:
            said = str(refused)
        else:
            assert said == f"ssh-ed25519 {BLOB}"
        assert visible(said) == said
        assert hostile not in said
    assert parse("key", f"ssh-ed25519 {BLOB} {hostile}").line == f"ssh-ed25519 {BLOB}"
