"""SIRET and FINESS: numbers as public registers give them, and what people mistype."""

from __future__ import annotations

import pytest

from atelier.errors import Invalid
from atelier.model.registers import finess, siret

# As public pages show them: of companies and of municipalities; then two of La Poste, its head
# office, which follows the common rule, and an establishment, which does not.
SIRETS = ("73282932000074", "20003452800014", "21610006500012")
LA_POSTE = ("35600000000048", "35600000009075")
# From the gazettes of the Orne, of Paris and of the two Corsican departments.
FINESS = (
    "610780090", "750712184",
    "2A0000170", "2A0000386", "2A0002606", "2A0000261", "2A0002051",
    "2B0000020", "2B0005342", "2B0004246", "2B0000442", "2B0003107", "2B0001341",
)  # fmt: skip


@pytest.mark.parametrize("number", SIRETS)
def test_a_siret_of_the_register_passes_and_one_digit_off_does_not(number: str) -> None:
    assert siret(number) == number
    assert siret(f" {number[:3]} {number[3:6]}\u00a0{number[6:9]} {number[9:]} ") == number
    for place in range(len(number)):
        off = f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"
        with pytest.raises(Invalid) as refusal:
            siret(off)
        assert (refusal.value.field, refusal.value.fault) == ("siret", "check_digit")


@pytest.mark.parametrize("number", FINESS)
def test_a_finess_of_the_register_passes_and_one_digit_off_does_not(number: str) -> None:
    assert finess(number) == number
    assert finess(f"{number[:2].lower()} {number[2:]}") == number
    for place in set(range(len(number))) - {1}:
        off = f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"
        with pytest.raises(Invalid) as refusal:
            finess(off)
        assert refusal.value.field == "finess"


def test_a_corsican_number_is_no_number_of_the_other_department() -> None:
    for number in FINESS:
        if number.startswith("2A"):
            with pytest.raises(Invalid, match="check_digit"):
                finess(number.replace("A", "B"))


def test_the_establishments_of_la_poste_have_a_rule_that_is_theirs_alone() -> None:
    assert [siret(number) for number in LA_POSTE] == list(LA_POSTE)
    with pytest.raises(Invalid, match="check_digit"):
        siret("35600000009076")
    other = "73282932000018"
    assert sum(map(int, other)) % 5 == 0
    with pytest.raises(Invalid, match="check_digit"):
        siret(other)


def test_both_halves_of_a_siret_are_checked() -> None:
    # The whole follows Luhn, its first nine digits do not: 732829321 is nobody's SIREN.
    with pytest.raises(Invalid, match="check_digit"):
        siret("73282932100072")


@pytest.mark.parametrize("typed", ["", "   ", "\u00a0"])
def test_no_number_is_one_that_is_not_known(typed: str) -> None:
    assert siret(typed) == finess(typed) == ""


@pytest.mark.parametrize(
    "typed",
    [
        "7328293200007",
        "732829320000741",
        "7328293200007X",
        "732-829-320-00074",
        "٧٣٢٨٢٩٣٢٠٠٠٠٧٤",
        "²",
    ],
)
def test_what_is_no_siret_at_all_is_malformed(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        siret(typed)
    assert (refusal.value.field, refusal.value.fault) == ("siret", "malformed")
    assert refusal.value.value == typed


@pytest.mark.parametrize(
    "typed",
    ["61078009", "6107800900", "2C0000020", "A20000020", "2B000002B", "610 780 09O", "x" * 99],
)
def test_what_is_no_finess_at_all_is_malformed(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        finess(typed)
    assert (refusal.value.field, refusal.value.fault) == ("finess", "malformed")
    assert len(refusal.value.value) <= 40
