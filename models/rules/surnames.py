"""Surnames that are read otherwise than the same character in a word.

Only those that a dictionary of words misreads, or that must not be split. Where a surname has two living readings (覃 qín and tán,
乐 yuè and lè) the one that more people bear stands here; a person's pinyin can be edited.
"""

from __future__ import annotations

from typing import Final


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """Read `surname syllable syllable …, surname …`."""
    return {surname: tuple(syllables) for surname, *syllables in (entry.split() for entry in text.split(",") if entry.strip())}


READINGS: Final = _table(
    """
    卜 bu, 单 shan, 單 shan, 翟 zhai, 盖 ge, 蓋 ge, 还 huan, 黑 he, 仇 qiu, 佴 nai, 员 yun, 員 yun, 圈 juan, 朴 piao, 查 zha, 查 zha,
    么 yao, 乐 yue, 樂 yue, 乜 nie, 区 ou, 區 ou, 句 gou, 召 shao, 种 chong, 秘 bi, 祕 bi, 粘 nian, 繁 po, 缪 miao, 繆 miao, 能 nai,
    薄 bo, 藏 zang, 蔚 yu, 覃 qin, 角 jue, 解 xie, 賁 ben, 贲 ben, 郇 xun, 都 du, 闞 kan, 阚 kan, 隗 wei, 颉 xie, 頡 xie, 折 she,
    曾 zeng, 洗 xian, 炅 gui, 祭 zhai, 尉 wei, 任 ren, 华 hua, 華 hua, 应 ying, 應 ying, 那 na, 宓 mi, 莘 shen, 逄 pang, 訾 zi,
    单于 chan yu, 單于 chan yu, 万俟 mo qi, 万俟 mo qi, 萬俟 mo qi, 尉迟 yu chi, 尉遲 yu chi, 长孙 zhang sun, 長孫 zhang sun,
    澹台 tan tai, 澹臺 tan tai, 令狐 ling hu, 乐正 yue zheng, 樂正 yue zheng, 子车 zi ju, 子車 zi ju, 朱邪 zhu ye, 术虎 zhu hu,
    闾丘 lv qiu, 閭丘 lv qiu, 耶律 ye lv, 斛律 hu lv, 宰父 zai fu, 亓官 qi guan, 拓跋 tuo ba, 秃发 tu fa, 禿髮 tu fa, 夹谷 jia gu,
    谷梁 gu liang, 鲜于 xian yu, 鮮于 xian yu, 沮渠 ju qu, 吐谷浑 tu yu hun, 吐谷渾 tu yu hun, 贺若 he ruo, 賀若 he ruo,
    叶赫那拉 ye he na la, 葉赫那拉 ye he na la
    """
)
"""The surname, and its syllables without tones; ü is `v`."""

LONGEST: Final = max(map(len, READINGS))
"""Characters."""
