import logging
import socketserver
import threading
import traceback
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest

from flows.letter.sending import call_webhook, mail_of, send_mail
from flows.settings import Digest
from models.errors import GiveUp, TryAgain
from tests.loopback import Reply, platform


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server on this machine (RFC 5321) that keeps what it gets, or answers `refusal`."""

    allow_reuse_address = True
    daemon_threads = True
    refusal = ""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Talk)


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: MailServer

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper().split(" ")[0].split(":")[0]
            if verb == "QUIT":
                self.say("221 bye")
                break
            if verb == "DATA":
                self.say(self.server.refusal or "354 go on")
                if not self.server.refusal:
                    self.take()
            else:
                self.say("250 ok")

    def take(self) -> None:
        """Read a mail up to the dot that ends it."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.server.mails.append(b"".join(lines))
        self.say("250 taken")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def settings_for(server: MailServer) -> Digest:
    return Digest(
        smtp_host="127.0.0.1",
        smtp_port=server.server_address[1],
        smtp_encryption="none",
        recipients=("cio@example.org", "presse@example.org"),
    )


def test_a_mail_arrives_in_both_forms(mail_server: MailServer) -> None:
    digest = settings_for(mail_server)
    send_mail(mail_of("Woche 45: Grüße", "# Größe", "<h1>Größe</h1>", digest), digest)
    (raw,) = mail_server.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert (mail["Subject"], mail["To"]) == (
        "Woche 45: Grüße",
        "cio@example.org, presse@example.org",
    )
    forms = {part.get_content_type(): part.get_content().strip() for part in mail.iter_parts()}
    assert forms == {"text/plain": "# Größe", "text/html": "<h1>Größe</h1>"}


@pytest.mark.parametrize(("refusal", "error"), [("451 later", TryAgain), ("550 never", GiveUp)])
def test_a_refusal_is_tried_again_only_if_it_is_of_the_moment(
    mail_server: MailServer, refusal: str, error: type[Exception]
) -> None:
    mail_server.refusal = refusal
    digest = settings_for(mail_server)
    with pytest.raises(error, match=f"code {refusal[:3]}"):
        send_mail(mail_of("a", "b", "c", digest), digest)


def test_what_a_refusing_server_says_is_in_no_traceback(mail_server: MailServer) -> None:
    mail_server.refusal = "550 wrong password: s3cret"
    digest = settings_for(mail_server)
    with pytest.raises(GiveUp) as raised:
        send_mail(mail_of("a", "b", "c", digest), digest)
    assert "s3cret" not in "".join(traceback.format_exception(raised.value))


def test_a_server_that_is_away_is_tried_again() -> None:
    digest = Digest(
        smtp_host="127.0.0.1", smtp_port=1, smtp_encryption="none", recipients=("a@example.org",)
    )
    with pytest.raises(TryAgain, match="can't be reached"):
        send_mail(mail_of("a", "b", "c", digest), digest)


def test_mail_leaves_the_machine_only_encrypted() -> None:
    with pytest.raises(ValueError, match="without encryption only to a server on this machine"):
        Digest(smtp_host="mail.example.org", smtp_encryption="none")


@pytest.mark.parametrize(
    ("status", "error"), [(200, None), (429, TryAgain), (503, TryAgain), (404, GiveUp)]
)
def test_a_webhook_gets_the_letter_and_its_address_is_never_told(
    monkeypatch: pytest.MonkeyPatch, status: int, error: type[Exception] | None
) -> None:
    with platform(lambda question: Reply({}, status)) as server:
        monkeypatch.setenv("HOOK", f"{server.base}services/secret-part")
        settings = Digest(webhook="env:HOOK")
        if error is None:
            call_webhook("# Woche", settings)
            assert server.asked[0].body == b'{"text":"# Woche"}'
            return
        with pytest.raises(error) as raised:
            call_webhook("# Woche", settings)
    assert str(status) in str(raised.value)
    assert "secret-part" not in str(raised.value)


def test_an_address_that_is_not_of_the_web_is_no_outage_of_the_webhook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOOK", "hooks.example.org/services/secret-part")
    with pytest.raises(GiveUp, match="does not lead to an address") as raised:
        call_webhook("# Woche", Digest(webhook="env:HOOK"))
    assert "secret-part" not in "".join(traceback.format_exception(raised.value))


def test_the_address_of_a_webhook_is_in_no_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):  # as nobody has set them
        caplog.set_level(logging.NOTSET, logger=name)
    with platform(lambda question: Reply({})) as server:
        monkeypatch.setenv("HOOK", f"{server.base}services/secret-part")
        call_webhook("# Woche", Digest(webhook="env:HOOK"))
        assert len(server.asked) == 1
    assert "secret-part" not in caplog.text
