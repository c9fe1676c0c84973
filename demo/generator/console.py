"""A console session: one person in a browser, and the back ends that call on the person's behalf."""

import datetime as dt

from .record import stamp

INTERNAL = "AWS Internal"
BACK_END = (
    "aws-internal/3 aws-sdk-java/1.12.797 Linux/5.10.245 OpenJDK_64-Bit_Server_VM/17.0.17+10-LTS java/17.0.17 "
    "vendor/N/A cfg/retry-mode/standard"
)
S3_CONSOLE = f"[S3Console/0.4, {BACK_END}]"
TRAIL_CONSOLE = f"[AWSCloudTrail, {BACK_END}]"
SIGN_IN = "Jersey/${project.version} (HttpUrlConnection 17.0.17)"


class Console:
    """Writes what a person's clicks cause. Time stands still within a click and moves on by `wait`."""

    def __init__(self, book, identity, ip, browser, start):
        self.book, self.identity, self.ip, self.browser = book, identity, ip, browser
        self.now = start
        self.created = stamp(start)
        self.keys = {}

    def wait(self, seconds):
        """The person reads the page."""
        self.now += dt.timedelta(seconds=seconds)

    def click(self, page):
        """Opens a page and notes how many calls it wrote."""
        before = len(self.book.records)
        page()
        self.book.clicks.append((stamp(self.now), page.func.__name__, len(self.book.records) - before))

    def who(self, service):
        """The identity; every service's back end has a temporary key of its own."""
        key = self.keys.setdefault(service, self.book.ids.temporary_key())
        return self.identity(key, self.created)

    def call(self, call, params=None, agent=None, at=0, **rest):
        """One call, `at` seconds into the click, by the browser unless another agent is named."""
        service = call.split(":")[0]
        agent = agent or self.browser
        # As in real trails, only some of the console's events have the flag, by no known rule.
        rest.setdefault("flag", self.book.random.random() < 1 / 3)
        rest.setdefault("tls", agent == self.browser)
        when = self.now + dt.timedelta(seconds=at)
        self.book.add(
            when, call, rest.pop("who", None) or self.who(service), rest.pop("ip", self.ip), agent, params, **rest
        )

    def each(self, call, member, values, at, agent=BACK_END, **rest):
        """The same call for each of the things on the screen."""
        for value in values:
            self.call(call, {member: value}, agent, at, **rest)

    def denied(self, call, params, reason, at=0, agent=None, **rest):
        """A call that is refused."""
        arn = self.who("iam")["arn"]
        message = f"User: {arn} is not authorized to perform: {call} {reason}"
        self.call(call, params, agent, at, error="AccessDenied", message=message, **rest)

    def on_behalf(self, call, params, host, at=0, **rest):
        """A call that a service makes with the person's identity."""
        who = self.who(call.split(":")[0]) | {"invokedBy": host}
        self.call(call, params, host, at, who=who, ip=host, flag=False, **rest)
