"""What can be asked of an order."""

from host.registry.types import Order, Role

ORDER = Order("O2", 1, "pedro", ("ana", "eva"))


def test_the_parties_of_an_order_are_told_the_offender_first() -> None:
    assert ORDER.persons == ("pedro", "ana", "eva")
    assert ORDER.parties == (
        (Role.OFFENDER, "pedro"),
        (Role.VICTIM, "ana"),
        (Role.VICTIM, "eva"),
    )
