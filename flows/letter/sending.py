"""A letter in, a mail or a call of a webhook out; nothing is sent that was not configured."""

import smtplib
from email.message import EmailMessage

from flows.fetching.secrets import secret
from flows.fetching.unlogged import keep_addresses_out_of_logs
from flows.settings import Digest
from models.errors import GiveUp, TryAgain

PATIENCE_SECONDS = 30


def mail_of(subject: str, markdown: str, html: str, digest: Digest) -> EmailMessage:
    """The mail: plain text for those who read that, HTML for all others (RFC 2046, 5.1.4)."""
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = digest.sender
    mail["To"] = ", ".join(digest.recipients)
    mail.set_content(markdown)
    mail.add_alternative(html, subtype="html")
    return mail


def send_mail(mail: EmailMessage, digest: Digest) -> None:
    """Hand `mail` to the server of the settings, encrypted unless it is on this machine.

    Raises `TryAgain` if the server can't be reached, `GiveUp` if it refuses.
    """
    where = f"the mail server `{digest.smtp_host}:{digest.smtp_port}`"
    try:
        with smtplib.SMTP(
            digest.smtp_host or "", digest.smtp_port, timeout=PATIENCE_SECONDS
        ) as server:
            if digest.smtp_encryption == "starttls":
                server.starttls()
            if digest.smtp_user and digest.smtp_password:
                server.login(digest.smtp_user, secret(digest.smtp_password))
            server.send_message(mail)
    except smtplib.SMTPResponseException as error:
        # Codes from 400 to 499 are of the moment, from 500 on they are final (RFC 5321, 4.2.1).
        kind = TryAgain if error.smtp_code < 500 else GiveUp
        raise kind(
            f"{where} refused the digest with code {error.smtp_code}; look at `[digest]` in "
            "`settings.toml`."
        ) from None  # what a server says may repeat the password
    except smtplib.SMTPException as error:
        raise GiveUp(f"{where} refused the digest: {type(error).__name__}.") from None
    except OSError as error:
        raise TryAgain(f"{where} can't be reached: {error}.") from error


def call_webhook(markdown: str, digest: Digest) -> None:
    """Post the letter as `{"text": ...}`, as Slack, Teams and Mattermost take it.

    Raises `TryAgain` where the other side is busy or away, `GiveUp` where it refuses. The address
    is a secret, and is never named.
    """
    import httpx

    keep_addresses_out_of_logs()
    try:
        answer = httpx.post(
            secret(digest.webhook or ""), json={"text": markdown}, timeout=PATIENCE_SECONDS
        )
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise GiveUp("the `webhook` of `[digest]` does not lead to an address.") from None
    except httpx.TransportError as error:
        raise TryAgain(f"the webhook can't be reached: {type(error).__name__}.") from None
    if answer.status_code in (408, 429) or answer.status_code >= 500:
        raise TryAgain(f"the webhook answered {answer.status_code}.")
    if answer.is_error:
        raise GiveUp(f"the webhook answered {answer.status_code}; look at its address.")
