"""What counts as one source, for whoever counts, delays or remembers by it."""

from __future__ import annotations

import pytest

from db.store.addresses import address_of, source_of


@pytest.mark.threat(1, 39)
def test_one_owner_of_a_network_is_one_source() -> None:
    """An IPv6 client owns 2^64 addresses; an IPv4 client may come in IPv6's clothes."""
    assert source_of("2001:db8::1") == source_of("2001:db8::ffff:1") == "2001:db8::/64"
    assert source_of("2001:db8::1") != source_of("2001:db8:0:1::1")
    assert source_of("fe80::1%eth0") == "fe80::/64"
    assert source_of("2001:db8::/64") == "2001:db8::/64", "what was grouped once stays so"


@pytest.mark.threat(39)
@pytest.mark.parametrize(
    "spelling",
    [
        "192.0.2.7", "::ffff:192.0.2.7", "::FFFF:c000:207", "0:0:0:0:0:ffff:192.0.2.7",
        "::ffff:192.0.2.7%eth0", "64:ff9b::192.0.2.7", "0xc0.0.2.7", "0300.0.02.07", "3221225991",
        "192.0.519", " 192.0.2.7",
    ],
)  # fmt: skip
def test_an_ipv4_address_is_one_source_however_it_is_written(spelling: str) -> None:
    assert source_of(spelling) == address_of(spelling) == "192.0.2.7"


@pytest.mark.threat(39)
def test_clients_behind_one_translator_are_not_one_source() -> None:
    """Where the network is IPv6 alone, everybody who comes from IPv4 shares one /64."""
    assert source_of("64:ff9b::c000:207") != source_of("64:ff9b::c000:208")


@pytest.mark.parametrize("text", ["console", "host", "host:root", "unknown", "", "1.2.3.4.5", "deadbeefg"])
def test_what_is_no_address_stays_as_it_is(text: str) -> None:
    assert source_of(text) == address_of(text) == text
    assert address_of(text, otherwise="console") == "console"


def test_an_address_is_recorded_in_one_spelling_and_whole() -> None:
    assert address_of("2001:DB8:0:0::1%eth0") == "2001:db8::1"
