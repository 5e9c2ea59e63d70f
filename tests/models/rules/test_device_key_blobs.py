"""What is in a device key: strong enough, whole, of the type that it says, and as ssh itself would write it."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from models.errors import Invalid
from models.rules.device_keys import PIECES, TYPES, parse
from tests import device_keys as keys

FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
"""What a fingerprint looks like, as ssh prints it."""

NOT_WHOLE = "This key is not whole."
POINT = b"\x04" + keys.noise("a point", 64)
HALF = b"\x00" + ((1 << 3071) | 1).to_bytes(384, "big")
"""A modulus of 3,072 bits."""
E = b"\x01\x00\x01"
ED25519 = keys.ed25519("laptop")
KIND, BLOB, _COMMENT = ED25519.split()


def words(text: str) -> str:
    """With which words a text is refused."""
    with pytest.raises(Invalid) as refused:
        parse("key", text)
    assert refused.value.field == "key"
    return str(refused.value)


@pytest.mark.parametrize("bits", [1024, 2048, 3064, 3071])
def test_p12_an_rsa_key_that_is_too_short_is_refused_with_its_size(bits: int) -> None:
    """One bit less is too short."""
    short = keys.rsa(bits) if bits % 8 == 0 else keys.line(b"ssh-rsa", E, ((1 << (bits - 1)) | 1).to_bytes(384, "big"))
    assert words(short).startswith(f"This RSA key has {bits} bits, and 3072 are the least.")


def test_rsa_keys_from_3072_to_16384_bits_are_taken() -> None:
    """As many as OpenSSH takes, with the exponents that programs choose."""
    for bits in (3072, 3080, 4096, 8192, 16_384):
        assert parse("key", keys.rsa(bits)).bits == bits
    for exponent in (b"\x03", b"\x11", b"\x23", E, b"\x00" + b"\xff" * 8):
        assert parse("key", keys.rsa(3072, exponent=exponent)).bits == 3072
    assert words(keys.rsa(16_392)).startswith(NOT_WHOLE)


@pytest.mark.parametrize(
    "kind",
    [
        "ssh-dss",
        "ssh-ed448",
        "ssh-rsa-cert-v01@openssh.com",
        "ssh-ed25519-cert-v01@openssh.com",
        "ecdsa-sha2-nistp256-cert-v01@openssh.com",
        "sk-ssh-ed25519-cert-v01@openssh.com",
        "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
        "ssh-xmss@openssh.com",
        "ecdsa-sha2-nistp224",
        "ecdsa-sha2-1.3.132.0.10",
        "ssh-" + "x" * 60,
    ],
)
def test_p12_a_type_that_is_not_taken_is_named(kind: str) -> None:
    """DSA, certificates, curves that nobody asked for; no more of a name than fits a line."""
    assert words(keys.line(kind.encode(), b"x" * 32)) == f"Keys of the type {kind[:48]} are not taken. Make one with: ssh-keygen -t ed25519"


ECDSA = keys.line(b"ecdsa-sha2-nistp256", b"nistp256", POINT)
BROKEN = {
    "of another type": f"ssh-rsa {BLOB}",
    "type alone": "ssh-ed25519",
    "type without a blank": f"ssh-ed25519{BLOB}",
    "no Base64": "ssh-ed25519 hello",
    "Base64 of nothing": "ssh-ed25519 ====",
    "an address": "ssh-ed25519 alice@laptop",
    "URL-safe": f"ssh-ed25519 {BLOB[:-1]}_",
    "not of ASCII": f"ssh-ed25519 {BLOB[:-1]}é",
    "lone surrogate": f"ssh-ed25519 {BLOB[:-1]}\udcff",
    "padded once more": f"ssh-ed25519 {BLOB}=",
    "padding in the middle": f"ssh-ed25519 {BLOB[:40]}={BLOB[40:]}",
    "bits that no byte has": ECDSA.rstrip("=")[:-1] + "9" + "=" * ECDSA.count("="),
    "without its padding": ECDSA.rstrip("="),
    "empty type": f"ssh-ed25519 {b64encode(keys.blob(b'', b'x' * 32)).decode()}",
    "type that is no text": f"ssh-ed25519 {b64encode(keys.blob(bytes([255]), b'x' * 32)).decode()}",
    "type with a control character": f"ssh-ed25519 {b64encode(keys.blob(b'ssh-' + bytes([27]), b'x' * 32)).decode()}",
    "short Ed25519": keys.line(b"ssh-ed25519", b"x" * 31),
    "long Ed25519": keys.line(b"ssh-ed25519", b"x" * 33),
    "Ed25519 and more": keys.line(b"ssh-ed25519", b"x" * 32, b""),
    "Ed25519 and a private half": keys.line(b"ssh-ed25519", b"x" * 32, b"x" * 64),
    "Ed25519 of nothing": keys.line(b"ssh-ed25519"),
    "curve of another type": keys.line(b"ecdsa-sha2-nistp256", b"nistp384", POINT),
    "point of another curve": keys.line(b"ecdsa-sha2-nistp384", b"nistp384", POINT),
    "compressed point": keys.line(b"ecdsa-sha2-nistp256", b"nistp256", b"\x02" + POINT[1:33]),
    "hybrid point": keys.line(b"ecdsa-sha2-nistp256", b"nistp256", b"\x06" + POINT[1:]),
    "point at infinity": keys.line(b"ecdsa-sha2-nistp256", b"nistp256", b"\x00"),
    "no point": keys.line(b"ecdsa-sha2-nistp256", b"nistp256", b""),
    "ECDSA without a curve": keys.line(b"ecdsa-sha2-nistp256", POINT),
    "token of nothing": keys.line(b"sk-ssh-ed25519@openssh.com"),
    "token without an application": keys.line(b"sk-ssh-ed25519@openssh.com", b"x" * 32),
    "token with an empty application": keys.line(b"sk-ssh-ed25519@openssh.com", b"x" * 32, b""),
    "token and more": keys.line(b"sk-ssh-ed25519@openssh.com", b"x" * 32, b"ssh:", b"x"),
    "token's ECDSA of nothing": keys.line(b"sk-ecdsa-sha2-nistp256@openssh.com"),
    "token's ECDSA without a point": keys.line(b"sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", b"ssh:"),
    "RSA of nothing": keys.line(b"ssh-rsa"),
    "RSA without a modulus": keys.line(b"ssh-rsa", E),
    "RSA and more": keys.line(b"ssh-rsa", E, HALF, b"\x03"),
    "empty modulus": keys.line(b"ssh-rsa", E, b""),
    "negative modulus": keys.line(b"ssh-rsa", E, HALF[1:]),
    "even modulus": keys.line(b"ssh-rsa", E, HALF[:-1] + b"\x02"),
    "modulus with a zero too many": keys.line(b"ssh-rsa", E, b"\x00" + HALF),
    "modulus with a zero that it needs not": keys.line(b"ssh-rsa", E, b"\x00\x7f" + HALF[2:]),
    "empty exponent": keys.line(b"ssh-rsa", b"", HALF),
    "exponent of zero": keys.line(b"ssh-rsa", b"\x00", HALF),
    "exponent of one": keys.line(b"ssh-rsa", b"\x01", HALF),
    "even exponent": keys.line(b"ssh-rsa", b"\x02", HALF),
    "negative exponent": keys.line(b"ssh-rsa", b"\x81", HALF),
    "exponent with a zero that it needs not": keys.line(b"ssh-rsa", b"\x00" + E, HALF),
    "exponent that verifies nothing": keys.line(b"ssh-rsa", b"\x01" * 9, HALF),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_p12_what_is_not_whole_is_refused(text: str) -> None:
    """Of another type than it says, with parts too few or too many, or written as ssh does not write it."""
    assert words(text).startswith(NOT_WHOLE)


@pytest.mark.parametrize("line", [ED25519, ECDSA, keys.sk_ecdsa(), keys.rsa(3072)])
def test_a_key_that_was_cut_off_is_refused_wherever_it_was_cut(line: str) -> None:
    """And one with something behind it inside."""
    kind, blob = line.split()[:2]
    for end in range(len(blob)):
        assert words(f"{kind} {blob[:end]}").startswith(NOT_WHOLE)
    for more in ("A", "AAAA", "AAAAAA==", blob):
        assert words(f"{kind} {blob}{more}").startswith(NOT_WHOLE)


def test_a_key_in_a_thousand_pieces_is_none() -> None:
    """No window is so narrow, and trying all of them takes time."""
    kind, blob = keys.rsa(4096).split()
    for size, taken in ((len(blob) // (PIECES - 1) + 1, True), (1, False)):
        broken = f"{kind} " + "\n".join(blob[at : at + size] for at in range(0, len(blob), size))
        assert (parse("key", broken).bits == 4096) if taken else words(broken).startswith(NOT_WHOLE)


def refuses(text: str) -> bool:
    """Whether a text is refused; nothing else may come of it."""
    try:
        key = parse("key", text)
    except Invalid:
        return True
    assert key.kind in TYPES
    assert FINGERPRINT.fullmatch(key.fingerprint)
    assert parse("key", key.line) == key, "what is kept is taken as it is"
    return False


@given(st.text())
def test_whatever_is_pasted_is_refused_or_is_a_key(text: str) -> None:
    """No other error comes of any text."""
    refuses(text)
    for kind in TYPES:
        assert refuses(f"{kind} {text}")


PARTS = st.lists(st.one_of(st.binary(max_size=70), st.sampled_from([b"nistp256", POINT, E, HALF, b"ssh:", b"x" * 32])), max_size=4)


@given(kind=st.sampled_from(TYPES), named=st.sampled_from(TYPES), parts=PARTS, junk=st.binary(max_size=5))
def test_whatever_stands_in_a_key_it_is_refused_or_is_one(kind: str, named: str, parts: list[bytes], junk: bytes) -> None:
    """Parts that look right in wrong places, and what follows them."""
    raw = keys.blob(kind.encode(), *parts)
    assert refuses(f"{named} {b64encode(raw + junk).decode()}") or named == kind
    refuses(f"{kind} {b64encode(raw).decode()}")


@given(at=st.integers(0, 50), byte=st.integers(0, 255))
def test_one_byte_that_is_wrong_breaks_the_form_of_a_key_or_is_in_its_number(at: int, byte: int) -> None:
    """The first 19 bytes of an Ed25519 key are always the same."""
    raw = bytearray(keys.blob(b"ssh-ed25519", b"x" * 32))
    right = raw[at] == byte
    raw[at] = byte
    assert refuses(f"ssh-ed25519 {b64encode(raw).decode()}") is (at < 19 and not right)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where keys lie that ssh-keygen is asked about."""
    return tmp_path_factory.mktemp("asked")


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(["ssh-ed25519", "ssh-rsa", "sk-ssh-ed25519@openssh.com"]), parts=PARTS, junk=st.binary(max_size=3))
def test_p12_nothing_is_taken_that_ssh_refuses(asked: Path, kind: str, parts: list[bytes], junk: bytes) -> None:
    """Or would call by another fingerprint. A point on no curve is taken: it opens nothing, and finding out takes arithmetic."""
    agrees(asked, f"{kind} {b64encode(keys.blob(kind.encode(), *parts) + junk).decode()}")


RIGHT = (ED25519, keys.rsa(3072), keys.rsa(8192, exponent=b"\x03"), keys.sk_ed25519())


@pytest.mark.parametrize("line", RIGHT)
def test_p12_ssh_calls_what_is_taken_by_the_same_fingerprint(tmp_path: Path, line: str) -> None:
    """Made by hand, as they are."""
    assert agrees(tmp_path, line)


def agrees(folder: Path, line: str) -> bool:
    """Ask `ssh-keygen -lf` about a key that is taken; False when it is none."""
    try:
        key = parse("key", line)
    except Invalid:
        return False
    program = shutil.which("ssh-keygen")
    if program is None:
        pytest.skip("there is no ssh-keygen here")
    file = folder / "asked.pub"
    file.write_text(line)
    done = subprocess.run([program, "-l", "-f", file], capture_output=True, text=True, check=True, timeout=60)
    bits, fingerprint, *_rest = done.stdout.split()
    assert (int(bits), fingerprint) == (key.bits, key.fingerprint)
    return True
