"""Quotas through the real application: setting, showing, and what a refused deposit is told."""

from __future__ import annotations

import pytest

from atelier.errors import Invalid
from atelier.model.quotas import Space
from atelier.web.forms import Form
from atelier.web.language import Voice
from atelier.web.pages.amounts import limit_shown, quota_of
from tests.web.network import PDF, Clients, Network, send, token_in

MEGABYTE, GIGABYTE = 1024**2, 1024**3


@pytest.mark.parametrize(
    ("amount", "unit", "size_bytes"),
    [
        ("", "gb", None),
        (" ", "", None),
        ("5", "gb", 5 * GIGABYTE),
        ("1,5", "mb", 3 * MEGABYTE // 2),
        ("1.5", "tb", 1536 * GIGABYTE),
        ("1 000", "mb", 1000 * MEGABYTE),
        ("0", "mb", 0),
        ("0,001", "mb", 1048),
    ],
)
def test_a_quota_is_typed_as_a_number_and_a_unit(
    amount: str, unit: str, size_bytes: int | None
) -> None:
    assert quota_of(Form({"amount": amount, "unit": unit})) == size_bytes


@pytest.mark.parametrize(
    ("amount", "unit", "fault"),
    [
        ("-1", "gb", "not_amount"),
        ("1e9", "gb", "not_amount"),
        ("1,2345", "gb", "not_amount"),
        ("12345678901", "gb", "not_amount"),
        ("٣", "gb", "not_amount"),
        ("NaN", "gb", "not_amount"),
        ("5", "kb", "unknown"),
        ("5", "", "unknown"),
    ],
)
def test_anything_else_is_not_a_quota(amount: str, unit: str, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        quota_of(Form({"amount": amount, "unit": unit}))
    assert refused.value.fault == fault


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "size_bytes", [1, 1048, MEGABYTE, 1_610_612_736, 5 * GIGABYTE, 1536 * GIGABYTE, 2**53]
)
def test_what_is_shown_may_be_sent_back_as_it_is(language: str, size_bytes: int) -> None:
    shown = limit_shown(Space(0, size_bytes), Voice(language, "Europe/Paris"))
    again = quota_of(Form(shown))
    assert again is not None
    assert limit_shown(Space(0, again), Voice(language, "Europe/Paris")) == shown
    assert limit_shown(Space(7, None), Voice(language, "Europe/Paris")) == {
        "amount": "",
        "unit": "gb",
    }


def test_a_folder_is_limited_and_tells_how_full_it_is(made: Network, clients: Clients) -> None:
    here = f"/folders/{made.shared}"
    assert f"{here}/space" in clients("ada").get(here).text
    page = clients("ada").get(f"{here}/space").text
    assert "utilisés" in page and "<meter" not in page
    assert "<meter" not in clients("ada").get(here).text
    done = send(clients("ada"), f"{here}/quota", amount="1", unit="mb")
    assert done.headers["location"] == f"{here}/space?done=quota-changed"
    for address in (here, f"{here}/space"):
        shown = clients("ada").get(address).text
        assert "<meter" in shown and "sur 1\u202fMo" in shown.replace("\u00a0", "\u202f")
    for who, status in (("bo", 403), ("cy", 404)):
        assert clients(who).get(f"{here}/space").status_code == status
        assert send(clients(who), f"{here}/quota", amount="2", unit="mb").status_code == status
    assert "<meter" not in clients("bo").get(here).text
    refused = send(clients("ada"), f"{here}/quota", amount="beaucoup", unit="mb")
    assert refused.status_code == 422 and "beaucoup" in refused.text
    same = send(clients("ada"), f"{here}/quota", amount="1", unit="mb")
    assert same.status_code == 409 and "déjà la limite" in same.text
    send(clients("ada"), f"{here}/quota", amount="", unit="mb")
    assert "<meter" not in clients("ada").get(here).text
    journal = clients("ada").get(f"{here}/journal").text
    assert "a limité l’espace du dossier" in journal and "a retiré la limite" in journal


def test_an_organisation_is_limited_by_stewards_and_seen_by_its_own(
    made: Network, clients: Clients
) -> None:
    here = "/organisations/1"
    assert send(clients("bo"), f"{here}/quota", amount="1", unit="gb").status_code == 403
    done = send(clients("ada"), f"{here}/quota", amount="1,5", unit="gb")
    assert done.headers["location"] == f"{here}?done=quota-changed"
    page = clients("ada").get(here).text
    assert "<meter" in page and 'value="1,5"' in page
    assert "utilisés" not in clients("cy").get(here).text
    refused = send(clients("ada"), f"{here}/quota", amount="0", unit="gb")
    assert refused.status_code == 422
    assert "a limité l’espace de la structure" in clients("ada").get("/journal").text


def test_a_full_quota_refuses_a_deposit_before_its_bytes_with_what_to_do(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{made.shared}"
    send(clients("ada"), f"{here}/quota", amount="0,001", unit="mb")
    bo = clients("bo")
    headers = {"x-form-token": token_in(bo.get("/").text)}
    put = bo.put(f"{here}/deposits/gros.pdf", content=PDF + b"%" * 2000, headers=headers)
    assert (put.status_code, put.json()["error"]) == (507, "quota_full")
    assert "corbeille" in put.json()["next"]
    form = bo.post(
        f"{here}/deposits",
        data={"form_token": headers["x-form-token"]},
        files={"files": ("gros.pdf", PDF + b"%" * 2000)},
    )
    assert form.status_code == 507 and "limite d’espace du dossier" in form.text
    assert "gros.pdf" not in bo.get(here).text


def test_a_limit_of_nothing_is_refused_in_its_own_words_and_a_full_one_names_no_rest(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{made.shared}"
    refused = send(clients("ada"), f"{here}/quota", amount="0", unit="mb")
    assert refused.status_code == 422 and "Une limite de zéro" in refused.text
    send(clients("ada"), f"{here}/quota", amount="0,001", unit="mb")
    bo = clients("bo")
    headers = {"x-form-token": token_in(bo.get("/").text)}
    for name, size in (("un.pdf", 1048 - len(PDF)), ("deux.pdf", 10)):
        put = bo.put(f"{here}/deposits/{name}", content=b"%" * size, headers=headers)
    assert put.status_code == 507
    assert "est atteinte" in put.json()["happened"] and "reste" not in put.json()["happened"]
