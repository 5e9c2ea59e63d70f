"""What people of the sample shop do in its other programs, which ask whether they may: data, and how it spreads over the days."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final, NamedTuple

from models import clock
from models.acting import Asked
from tui import sample
from tui.sample import Sample
from tui.sample_days import Both, Days, Event

OPERATOR: Final = "till"
"""The user of the operating system as whom the other programs ask."""


class Habit(NamedTuple):
    """Something that is done now and then.

    Attributes:
        often: how often, beside the other habits of the same person.
        text: with places for an order, goods and their price, a price before, numbers.
    """

    code: str
    often: int
    text: Both


class Own(NamedTuple):
    """A habit of one person for some days: from so many days ago until so many."""

    login: str
    first: int
    last: int
    habit: Habit


class Once(NamedTuple):
    """Something that is done, or tried, once. `minute` is one of that day; of what is done today, how many minutes ago."""

    days_ago: int
    minute: int
    login: str
    code: str
    text: Both


GOODS: Final = (
    (("tea cup", "茶杯"), 1990),
    (("cast-iron pot", "铸铁锅"), 16900),
    (("bamboo steamer", "竹蒸笼"), 4580),
    (("canvas bag", "帆布袋"), 3500),
    (("desk lamp", "台灯"), 8800),
    (("oil-paper umbrella", "油纸伞"), 12800),
    (("tea towel", "茶巾"), 1250),
    (("soy candle", "大豆蜡烛"), 3900),
)
"""What the shop sells, at how many fen."""

_SERVICE: Final = (
    Habit("trade.order.remark", 4, ("note “deliver after six” on order {order}", "备注“六点以后送”，订单 {order}")),
    Habit("trade.order.remark", 3, ("note “gift, no invoice” on order {order}", "备注“送礼，不放发票”，订单 {order}")),
    Habit("rate.reply", 4, ("reply to the review of order {order}", "回复订单 {order} 的评价")),
    Habit("marketing.coupon.send", 3, ("¥5 coupon to the buyer of order {order}", "发 5 元券给买家，订单 {order}")),
    Habit("chat.offline.claim", 2, ("take {few} messages left overnight", "领取 {few} 条夜间留言")),
)
_REFUND: Final = Habit("refund.approve", 6, ("refund ¥{price}, order {order}", "退款 ¥{price}，订单 {order}"))
_PRICE: Final = Habit("goods.price.edit", 3, ("price of {goods} {price} → {lower}", "{goods}价格 {price} → {lower}"))

HABITS: Final = {
    "customer_service": _SERVICE,
    "service_lead": (
        _REFUND,
        Habit("refund.refuse", 2, ("no refund, it was used: order {order}", "拒绝退款：已使用，订单 {order}")),
        Habit("trade.order.close", 2, ("close unpaid order {order}", "关闭未付款订单 {order}")),
        *_SERVICE[:2],
    ),
    "operations": (
        _PRICE,
        Habit("goods.shelf", 2, ("take {goods} off the shelf", "{goods} 下架")),
        Habit("goods.stock.edit", 4, ("stock of {goods} {few} → {many}", "{goods}库存 {few} → {many}")),
        Habit("trade.order.price.edit", 1, ("¥{few} off for two pieces, order {order}", "两件减 {few} 元，订单 {order}")),
    ),
    "marketing": (
        Habit("marketing.coupon.create", 2, ("coupon: ¥{few} off from ¥{price}, three days", "优惠券：满 {price} 减 {few}，三天")),
        Habit("marketing.ads.budget", 2, ("today's advertising: ¥{many}", "今日推广预算 {many} 元")),
        Habit("marketing.bundle.edit", 3, ("bundle: {goods} with gift wrapping", "搭配套餐：{goods}加礼盒")),
    ),
    "design": (
        Habit("goods.edit", 5, ("new pictures of {goods}", "{goods} 换主图")),
        Habit("decor.publish", 1, ("publish the front page", "发布首页装修")),
    ),
    "warehouse": (
        Habit("logistics.ship", 6, ("ship order {order}", "发货，订单 {order}")),
        Habit("logistics.tool.use", 4, ("print {many} labels", "打印 {many} 张面单")),
        Habit("goods.stock.edit", 2, ("count {goods}: {many}", "盘点 {goods}：{many}")),
        Habit("logistics.address.edit", 1, ("other house number, order {order}", "改门牌号，订单 {order}")),
    ),
    "finance": (
        Habit("finance.bill.view", 4, ("bills of the week", "本周账单")),
        Habit("goods.cost.view", 1, ("cost of {goods}", "{goods}成本价")),
    ),
    "auditor": (Habit("chat.record.all", 4, ("chats about order {order}", "订单 {order} 的聊天记录")),),
    "manager": (
        _REFUND._replace(often=2),
        _PRICE,
        Habit("trade.buyer.reveal", 1, ("buyer's phone, parcel came back: order {order}", "查买家电话：包裹退回，订单 {order}")),
    ),
}
"""By the code of the role that somebody was given at first."""

OWN: Final = (
    Own("hanmeimei", 20, 1, Habit("chat.record.team", 3, ("chats about order {order}", "订单 {order} 的聊天记录"))),
    Own("wuhao", 16, 5, Habit("trade.order.export", 4, ("orders of the week, for the courier", "导出本周订单给快递"))),
    Own("zhanggang", 13, 1, Habit("logistics.freight.edit", 2, ("freight to Xinjiang ¥{few} → ¥{many}", "新疆运费 {few} → {many} 元"))),
    Own("zhouxin", 13, 1, Habit("trade.order.close", 2, ("close unpaid order {order}", "关闭未付款订单 {order}"))),
    Own("zhouxin", 5, 1, _REFUND),
    Own("sunyue", 5, 1, _REFUND),
    *(Own(login, 13, 10, _PRICE._replace(often=30)) for login in ("bob", "chenjie", "wuhao")),
    Own("emma", 13, 10, Habit("marketing.coupon.create", 30, ("coupon for the sale: ¥{few} off", "大促优惠券：减 {few} 元"))),
    Own("carol", 11, 8, _REFUND._replace(often=30)),
)

ONCE: Final = (
    Once(95, 905, "bob", "goods.delete", ("delete the article “test”", "删除宝贝“测试”")),
    Once(95, 915, "bob", "trade.order.export", ("orders of the year so far, for the accountant", "导出今年订单给会计")),
    Once(95, 930, "bob", "logistics.freight.edit", ("freight: free from ¥99", "运费：满 99 包邮")),
    Once(95, 941, "bob", "marketing.coupon.create", ("coupon: ¥10 off for new buyers", "优惠券：新客减 10 元")),
    Once(95, 944, "bob", "marketing.ads.budget", ("today's advertising: ¥50", "今日推广预算 50 元")),
    Once(95, 950, "bob", "trade.buyer.reveal", ("buyer's phone, wrong address: order {order}", "查买家电话：地址不对，订单 {order}")),
    Once(94, 610, "bob", "shop.app.authorize", ("let the courier's app read orders", "授权快递应用读取订单")),
    Once(94, 622, "bob", "decor.publish", ("publish the front page", "发布首页装修")),
    Once(94, 640, "bob", "goods.shelf", ("put {goods} on the shelf", "{goods} 上架")),
    Once(94, 655, "bob", "chat.record.all", ("chats of the first day", "第一天的聊天记录")),
    Once(93, 980, "carol", "refund.approve", ("refund ¥{price}, order {order}", "退款 ¥{price}，订单 {order}")),
    Once(93, 985, "carol", "chat.record.team", ("chats about order {order}", "订单 {order} 的聊天记录")),
    Once(93, 990, "lilei", "rate.reply", ("reply to the review of order {order}", "回复订单 {order} 的评价")),
    Once(93, 1000, "lilei", "marketing.coupon.send", ("¥5 coupon to the buyer of order {order}", "发 5 元券给买家，订单 {order}")),
    Once(92, 610, "hanmeimei", "chat.offline.claim", ("take {few} messages left overnight", "领取 {few} 条夜间留言")),
    Once(92, 640, "grace", "finance.bill.view", ("bills of the month", "本月账单")),
    Once(92, 650, "grace", "goods.cost.view", ("cost of {goods}", "{goods}成本价")),
    Once(92, 700, "liumin", "logistics.address.edit", ("other house number, order {order}", "改门牌号，订单 {order}")),
    *(Once(each, 1080, "alice", "finance.withdraw", ("pay out ¥8,000 to the bank", "提现 8000 元到银行卡")) for each in (60, 29, 15, 2)),
    Once(26, 812, "lilei", "refund.approve", ("refund ¥86.00, order {order}", "退款 ¥86.00，订单 {order}")),
    Once(19, 655, "xiaoyu", "goods.price.edit", ("price of {goods} {price} → {lower}", "{goods}价格 {price} → {lower}")),
    Once(16, 904, "chenjie", "refund.approve", ("refund ¥{price}, order {order}", "退款 ¥{price}，订单 {order}")),
    Once(12, 1101, "xuan", "trade.order.view", ("look up order {order}", "查看订单 {order}")),
    Once(8, 571, "heping", "trade.order.view", ("look up order {order}", "查看订单 {order}")),
    Once(5, 1003, "emma", "goods.price.edit", ("price of {goods} {price} → {lower}, on air", "{goods}直播价 {price} → {lower}")),
    Once(3, 917, "wuhao", "trade.order.export", ("orders of the week, for the courier", "导出本周订单给快递")),
    Once(
        2,
        1042,
        "zhanggang",
        "trade.buyer.reveal",
        ("buyer's phone, nobody at home: order {order}", "查买家电话：家中无人，订单 {order}"),
    ),
    Once(1, 1094, "lilei", "goods.price.edit", ("price of {goods} {price} → {lower}", "{goods}价格 {price} → {lower}")),
    Once(0, 92, "liumin", "logistics.tool.use", ("print 24 labels", "打印 24 张面单")),
    Once(0, 81, "liumin", "logistics.ship", ("ship order {order}", "发货，订单 {order}")),
    Once(0, 64, "carol", "refund.approve", ("refund ¥35.00, order {order}", "退款 ¥35.00，订单 {order}")),
    Once(0, 47, "zhouxin", "rate.reply", ("reply to the review of order {order}", "回复订单 {order} 的评价")),
    Once(0, 41, "bob", "goods.price.edit", ("price of tea cup 19.90 → 17.90", "茶杯价格 19.90 → 17.90")),
    Once(0, 20, "hanmeimei", "refund.approve", ("refund ¥128.00, order {order}", "退款 ¥128.00，订单 {order}")),
)

PACE: Final = (9, 6, 13, 15, 12, 5, 3, 10, 14, 21, 30, 17, 4, 2, 9, 11, 8, 12, 4, 3, 10, 13, 9, 7, 10, 2, 1, 6, 8, 5, 4)
"""How many acts fall on yesterday, the day before, …: some are quiet, and there was a sale."""
SLOW: Final = (0, 2, 1, 0, 0, 1, 0)
"""Likewise of the months before, by turns."""
_OPEN: Final = (565, 1160)
"""The minutes of a day between which people are at work."""
_GONE: Final = {"xuan": 14, "heping": 9}
"""Since so many days ago they do nothing any more."""


def events(days: Days) -> Iterator[Event]:
    """All of them, in no order."""
    chance = Random(20)  # noqa: S311  nobody is to be kept from guessing who ships which order; every sample shop is alike
    for once in ONCE:
        yield _act(days, once.login, days.day(once.days_ago, once.minute), once.code, once.text, chance)
    for days_ago in range(sample.FOUNDED - 7, 0, -1):
        here = [each for each in sample.PEOPLE if (each.activated or 0) > days_ago > _GONE.get(each.login, 0)]
        habits = [_habits(each, days_ago) for each in here]
        busy = [sum(habit.often for habit in of_one) for of_one in habits]
        for _turn in range(PACE[days_ago - 1] if days_ago <= len(PACE) else SLOW[days_ago % len(SLOW)]):
            ((person, own),) = chance.choices([*zip(here, habits, strict=True)], busy)
            (habit,) = chance.choices(own, [each.often for each in own])
            yield _act(days, person.login, days.day(days_ago, chance.randint(*_OPEN)), habit.code, habit.text, chance)


def _habits(person: Sample, days_ago: int) -> list[Habit]:
    """What somebody does on a day."""
    own = [own.habit for own in OWN if own.login == person.login and own.first >= days_ago >= own.last]
    return [*HABITS[person.role], *own]


def _act(days: Days, login: str, at: int, code: str, text: Both, chance: Random) -> Event:
    """One of them, with an order of the days before and something that the shop sells."""
    name, fen = chance.choice(GOODS)
    ordered = clock.day(at - chance.randint(1, 4) * clock.DAY, days.zone).replace("-", "")
    filled = days.said(text).format(
        order=f"{ordered}-{chance.randint(101, 240)}",
        goods=days.said(name),
        price=f"{fen / 100:.2f}",
        lower=f"{fen * 9 // 10 / 100:.2f}",
        few=chance.randint(3, 9),
        many=10 * chance.randint(2, 9),
    )
    return Event(at, asked=Asked(login, code, filled))
