"""The catalogue is data: what the rules take for granted of it."""

from __future__ import annotations

import pytest

from models import catalogue, i18n
from models.catalogue import OPERATIONS, POSTS, closure, permissions, preset_roles

RISKS = ("low", "medium", "high")


def test_every_permission_can_be_read_and_judged() -> None:
    """Both languages, a known area, risk and post; what it needs is there, can be had under the same post, and leads to no circle."""
    for code, permission in permissions().items():
        assert permission.risk in RISKS, code
        assert permission.post in POSTS, code
        assert all((permission.label_en, permission.label_zh, permission.consequence_en, permission.consequence_zh)), code
        for need in permission.needs:
            assert code not in closure(need), code
            assert permission.post == OPERATIONS or permissions()[need].post != OPERATIONS, code
            assert permission.owner_only or not permissions()[need].owner_only, code


def test_every_preset_role_is_whole_and_within_its_post() -> None:
    """Closed under what is needed, and nothing in it is the owner's alone."""
    for role in preset_roles().values():
        assert set(role.permissions) == catalogue.with_needs(role.permissions), role.code
        for code in role.permissions:
            assert not permissions()[code].owner_only, code
            assert role.post == OPERATIONS or permissions()[code].post != OPERATIONS, code


@pytest.fixture
def chinese() -> object:
    """Say data in Chinese."""
    i18n.install("zh")
    yield
    i18n.install("en")


def test_data_is_said_in_the_language_in_force() -> None:
    """Labels and consequences."""
    permission = permissions()["staff.view"]
    assert (permission.label, permission.consequence) == ("View staff", "Sees who works here and in which department.")
    assert catalogue.area_label("aftersales") == "After-sales"


@pytest.mark.usefixtures("chinese")
def test_data_is_said_in_chinese() -> None:
    """The same in the other language."""
    permission = permissions()["staff.view"]
    assert (permission.label, permission.consequence) == ("查看员工", "能查看员工及其部门。")


def test_every_area_has_a_name() -> None:
    """Those that permissions name, and no others."""
    assert all(catalogue.area_label(area) for area in catalogue.areas())
    assert {permission.area for permission in permissions().values()} == set(catalogue.areas())


def test_what_the_catalogue_does_not_know_is_called_by_its_code() -> None:
    """Of a newer version's."""
    assert catalogue.permission_label("goods.teleport") == "goods.teleport"
    assert catalogue.role_label("pilot", None) == "pilot"
    assert catalogue.department_label("cockpit", None) == "cockpit"
    assert catalogue.in_order(["goods.teleport", "staff.view", "goods.view"]) == ("goods.view", "staff.view", "goods.teleport")
