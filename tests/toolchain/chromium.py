"""How tests start Debian's Chromium, and what they listen for while it shows a page."""

from typing import TypedDict

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

EXECUTABLE = "/usr/bin/chromium"
LOAD_FAILED = "Failed to load resource: the server responded with a status of "
# A form that comes back with its mistakes, a refusal: answers, not faults of the page.
ANSWERS = ("400", "403", "409", "422")
REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event => {
  const what = `${event.violatedDirective} blocked ${event.blockedURI || 'inline'}`;
  window.reportViolation(`${what} at ${event.sourceFile}:${event.lineNumber}`);
});
"""


class Launch(TypedDict):
    executable_path: str
    args: list[str]


LAUNCH = Launch(
    executable_path=EXECUTABLE,
    args=[
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
)


def watch(context: BrowserContext, problems: list[str]) -> None:
    """Append to `problems` what goes wrong on any page of `context`.

    Console errors, uncaught exceptions, violations of the content security policy. A refused
    request (400, 403, 409, 422) is no problem; a missing file (404) is.
    """

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(
            tuple(LOAD_FAILED + status for status in ANSWERS)
        ):
            problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: problems.append(f"exception: {error}"))

    context.on("console", note)
    context.on("page", listen)
    context.expose_function("reportViolation", lambda text: problems.append(f"policy: {text}"))
    context.add_init_script(REPORT_VIOLATIONS)
