"""Who works in the sample shop, and what became of them: data only. `tui.sample_month` lets it happen.

What they do in other programs is in `tui.sample_acts`, how they are kept in check in `tui.sample_control`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from models.i18n import N_


class Sample(NamedTuple):
    """A person of the sample shop.

    Attributes:
        nickname: in English and in Chinese.
        department: a key of `DEPARTMENTS`.
        came: days ago; `activated` likewise, None for who has not yet.
        by: the login of who onboarded them.
    """

    login: str
    name: str
    nickname: tuple[str, str]
    number: str
    phone: str
    email: str
    department: str
    post: str
    role: str
    came: int
    activated: int | None
    by: str


class Gift(NamedTuple):
    """A role or an extra that was given later, until so many days from today (less than nothing: it is over)."""

    days_ago: int
    by: str
    login: str
    what: str
    days: int | None


class Key(NamedTuple):
    """A device key that the owner enrolled.

    Attributes:
        name: what the device is called, in English and in Chinese.
        public: the key, an Ed25519 one, in hex.
        days: until so many days from today; None for no end.
        revoked: days ago; None where it was not.
    """

    days_ago: int
    login: str
    name: tuple[str, str]
    public: str
    days: int | None = None
    revoked: int | None = None


SHOP: Final = ("Little Shop", "小满杂货铺")
OWNER: Final = ("alice", "Alice Wang 王丽")
FOUNDED: Final = 97
"""Days ago: what was given at first has been held for long enough that an access review can say it lies unused."""

DEPARTMENTS: Final = {
    "service": ("Customer service", "客服部"),
    "night": ("Customer service/Night shift", "客服部/夜班"),
    "operations": ("Operations", "运营部"),
    "design": ("Operations/Design", "运营部/美工组"),
    "warehouse": ("Warehouse", "仓储部"),
    "finance": ("Finance", "财务部"),
}
HEADS: Final = {"service": "carol", "night": "sunyue", "operations": "bob", "warehouse": "liumin", "finance": "grace"}

OWN: Final = "host"
"""What the shop's own role is called in `GIFTS`."""

OWN_ROLE: Final = ("Live stream host", "直播主播")
OWN_ROLE_HOLDS: Final = ("goods.view", "trade.order.view", "chat.receive", "marketing.coupon.send")

PASSWORDS: Final = {
    "alice": "copper lantern 39 river",
    "bob": "seven grey herons inland",
    "carol": "walnut ferry 58 harbour",
    "lilei": "paper kite over barley 4",
}
"""Of the accounts that the sign-in screen shows; whoever else was activated has one that nobody knows."""

ABOUT: Final = {
    "alice": N_("the owner: everything"),
    "bob": N_("manager: what the owner delegates"),
    "carol": N_("service lead: a team, its chats, its refunds"),
    "lilei": N_("customer service: own access"),
    "yangfan": N_("invited: an activation code"),
}
"""Who the accounts on the sign-in screen are. The last has a code in place of a password."""

PEOPLE: Final = (
    Sample(
        "bob",
        "Bob Zhao 赵波",
        ("Bobby", "波哥"),
        "S-002",
        "138 0013 0002",
        "bob@example.com",
        "operations",
        "operations",
        "manager",
        96,
        96,
        "alice",
    ),
    Sample(
        "carol",
        "Carol Li 李卡",
        ("", "卡卡"),
        "S-003",
        "138 0013 0003",
        "carol@example.com",
        "service",
        "service",
        "service_lead",
        95,
        94,
        "alice",
    ),
    Sample("lilei", "李雷", ("Ray", "雷雷"), "S-004", "138 0013 0004", "", "service", "service", "customer_service", 95, 94, "alice"),
    Sample("hanmeimei", "韩梅梅", ("May", "梅梅"), "S-005", "138 0013 0005", "", "service", "service", "customer_service", 95, 93, "alice"),
    Sample("liumin", "刘敏", ("", "敏姐"), "S-006", "138 0013 0006", "", "warehouse", "operations", "warehouse", 95, 93, "alice"),
    Sample(
        "grace",
        "Grace Qian 钱思",
        ("", ""),
        "S-007",
        "138 0013 0007",
        "grace@example.com",
        "finance",
        "operations",
        "finance",
        94,
        94,
        "alice",
    ),
    Sample("chenjie", "陈杰", ("Jay", "阿杰"), "S-008", "138 0013 0008", "", "operations", "operations", "operations", 28, 28, "bob"),
    Sample(
        "davidwei",
        "David Wei 魏大伟",
        ("", ""),
        "S-009",
        "138 0013 0009",
        "davidwei@example.com",
        "night",
        "service",
        "customer_service",
        27,
        27,
        "bob",
    ),
    Sample("sunyue", "孙悦", ("Joy", "悦悦"), "S-010", "138 0013 0010", "", "night", "service", "customer_service", 28, 26, "bob"),
    Sample("xuan", "许安", ("Ann", "安安"), "S-011", "138 0013 0011", "", "service", "service", "customer_service", 26, 26, "bob"),
    Sample(
        "emma",
        "Emma Lin 林艾玛",
        ("", "艾玛"),
        "S-012",
        "138 0013 0012",
        "emma@example.com",
        "operations",
        "operations",
        "marketing",
        26,
        25,
        "bob",
    ),
    Sample("xiaoyu", "肖宇", ("Yu", "小宇"), "S-013", "138 0013 0013", "", "design", "operations", "design", 26, 25, "bob"),
    Sample("zhouxin", "周欣", ("", "小欣"), "S-014", "138 0013 0014", "", "service", "service", "customer_service", 22, 22, "bob"),
    Sample("wuhao", "吴昊", ("", ""), "S-015", "138 0013 0015", "", "operations", "operations", "operations", 22, 21, "bob"),
    Sample("zhanggang", "张刚", ("", "大刚"), "S-016", "138 0013 0016", "", "warehouse", "operations", "warehouse", 22, 19, "bob"),
    Sample("heping", "何平", ("", ""), "S-017", "138 0013 0017", "", "night", "service", "customer_service", 17, 16, "bob"),
    Sample("shanlan", "单岚", ("", "岚岚"), "S-018", "138 0013 0018", "", "finance", "operations", "auditor", 14, 13, "alice"),
    Sample(
        "fangfang", "Fang Fang 方芳", ("", ""), "S-019", "", "fangfang@example.com", "warehouse", "operations", "warehouse", 9, None, "bob"
    ),
    Sample("yangfan", "杨帆", ("", ""), "S-020", "138 0013 0020", "", "service", "service", "customer_service", 1, None, "bob"),
)

GIFTS: Final = (
    Gift(21, "alice", "hanmeimei", "chat.record.team", 40),
    Gift(21, "alice", "emma", OWN, None),
    Gift(21, "alice", "xuan", "trade.order.close", None),
    Gift(21, "alice", "emma", "data.staffperf.view", 60),
    Gift(17, "bob", "wuhao", "trade.order.export", -4),
    Gift(14, "alice", "zhanggang", "logistics.freight.edit", 7),
    Gift(9, "bob", "wuhao", "marketing", 20),
    Gift(6, "alice", "zhouxin", "refund.approve", 14),
    Gift(1, "bob", "chenjie", "logistics.tool.use", 2),
)
MOVES: Final = ((17, "zhouxin", "night"), (9, "zhouxin", "service"))
"""Days ago, who, where to: the manager's doing."""

SIGN_INS: Final = (
    *((12, "carol"), (4, "lilei"), (2, "carol")),
    *((8, "zhouxin"), (4, "emma"), (3, "grace"), (2, "liumin"), (1, "wuhao")),
)
"""Days ago, who: on days on which they did nothing that is told elsewhere. Each costs a hash, so there are not many."""

KEYS: Final = (
    Key(95, "alice", ("Laptop at home", "家里的笔记本"), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
    Key(20, "bob", ("Old laptop", "旧笔记本"), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", revoked=8),
    Key(8, "bob", ("New laptop", "新笔记本"), "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
    Key(13, "carol", ("Tablet", "平板"), "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e", days=9),
    Key(6, "shanlan", ("Work laptop", "工作笔记本"), "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf"),
)
"""Public keys of the test vectors in RFC 8032, 7.1: everybody knows the halves that belong to them, so they are for samples only."""

ADDRESSES: Final = {"alice": "203.0.113.24", "bob": "198.51.100.7", "carol": "198.51.100.23", "shanlan": "192.0.2.61"}
"""Where people sign in from over SSH; addresses for examples (RFC 5737)."""

PHONE: Final = (3, "grace")
"""Days ago, who: on a day on which they sign in, they set up phone codes."""
