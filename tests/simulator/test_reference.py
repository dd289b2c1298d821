from simulator.reference import README, reference, written


def test_the_reference_is_todays() -> None:
    """After a change of the schema: python -m simulator.reference."""
    text = README.read_text(encoding="utf-8")
    assert text == written(text)


def test_it_names_every_leg_and_every_fault() -> None:
    text = reference()
    for word in ("stand", "walk", "drive", "approach", "pass_by", "leave", "host_crash", "jump"):
        assert f"`{word}`" in text
