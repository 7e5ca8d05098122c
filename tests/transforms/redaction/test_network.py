import pytest

from transforms.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mein Rechner (192.168.178.20) hängt.", "Mein Rechner ([Netzadresse]) hängt."),
        ("ping 10.1.2.3: timeout", "ping [Netzadresse]: timeout"),
        ("203.0.113.7/32 ist gesperrt", "[Netzadresse]/32 ist gesperrt"),
        ("von 2001:db8::8a2e:370:7334 aus", "von [Netzadresse] aus"),
        ("fe80::1ff:fe23:4567:890a%eth0", "[Netzadresse]%eth0"),
        ("MAC 00:1A:2B:3C:4D:5E", "MAC [Netzadresse]"),
        ("00-1a-2b-3c-4d-5e und 001a.2b3c.4d5e", "[Netzadresse] und [Netzadresse]"),
    ],
)
def test_the_address_of_a_device_is_replaced(text: str, expected: str) -> None:
    assert redact(text).text == expected
    assert redact(text).counts["network"] == expected.count("[Netzadresse]")


@pytest.mark.parametrize(
    "text",
    [
        "Version 10.0.19045.2 läuft, v1.2.3.4 auch, Firmware 7.0.1.22",
        "Kapitel 1.2.3.4.5, 300.1.2.3",
        "das Netz 10.0.0.0/8, 127.0.0.1, 255.255.255.0, 8.8.8.8",
        "um 12:30:45 Uhr, am 3.11.2025",
        "std::vector, a::b, ::1, dead::beef",
        "ff:ff:ff:ff:ff:ff, Ab-Ab-Ab-Ab-Ab-Ab",
    ],
)
def test_versions_times_networks_and_what_is_of_nobody_stay(text: str) -> None:
    assert redact(text).text == text
