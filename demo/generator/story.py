"""The day's people: a colleague at work, a thief in the console, and the thief's key at large."""

import datetime as dt
from functools import partial

from . import ec2, iam, pages, services, world
from .console import Console

COLLEAGUE_BROWSER = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/145.0.0.0 Safari/537.36"
)
THIEF_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0"
THIEF_CLI = (
    "aws-cli/2.33.11 md/awscrt#0.31.1 ua/2.1 os/linux#6.12.48 md/arch#x86_64 lang/python#3.13.11 "
    "md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#{command}"
)
BACKUPS = "prod-db-backups"
EXPORTS = "prod-customer-exports"


def follow(console, steps):
    """Takes (seconds before, click) in turn; the frame polls when the person stays long on a page."""
    for seconds, click in steps:
        if seconds > 60:
            console.wait(30)
            pages.polls(console)
            seconds -= 30
        console.wait(seconds)
        console.click(click)


def colleague(book, day):
    """tomas, through single sign-on with MFA, from the office: nine minutes' ordinary work."""

    def identity(key, created):
        path = "aws-reserved/sso.amazonaws.com/"
        return world.assumed_role(world.SSO_ROLE, "tomas", created, key, mfa=True, path=path)

    console = Console(
        book, identity, world.OFFICE, COLLEAGUE_BROWSER, day + dt.timedelta(hours=9, minutes=2, seconds=31)
    )
    here = partial(partial, console=console)
    pages.sign_in(console, console.who("signin"), "Yes")
    pages.sign_in_token(console, console.who("signin"))
    follow(
        console,
        [
            (3, here(pages.home)),
            (24, here(ec2.dashboard)),
            (31, here(ec2.instances)),
            (40, here(ec2.instance, name=world.INSTANCES[1])),
            (190, here(ec2.instances)),
            (75, here(pages.buckets)),
            (22, here(pages.objects, bucket="prod-static-site")),
            (130, here(pages.secrets)),
            (18, here(pages.secret, name="orders/database")),
        ],
    )


def thief(book, day):
    """nadia's password in a stranger's hands: no MFA, an unknown address, in the evening."""
    console = Console(
        book,
        partial(world.iam_user, "nadia"),
        world.STRANGER,
        THIEF_BROWSER,
        day + dt.timedelta(hours=19, minutes=38, seconds=12),
    )
    try_password(console, day)
    pages.sign_in(console, world.iam_user("nadia"), "No")
    here = partial(partial, console=console)
    follow(
        console,
        [
            (4, here(pages.home)),
            (21, here(pages.search)),
            (9, here(iam.dashboard)),
            (17, here(iam.users)),
            *people(here),
            (38, here(iam.groups)),
            (27, here(iam.roles)),
            *data(here),
        ],
    )
    shell(console)
    follow(
        console,
        [
            (41, here(services.trail_dashboard)),
            (22, here(services.trails)),
            (19, here(services.trail, arn=world.PROD_TRAIL)),
            (26, here(services.stop_logging, arn=world.PROD_TRAIL)),
            (64, here(ec2.dashboard)),
            (23, here(ec2.instances)),
        ],
    )
    console.wait(45)
    pages.polls(console)


def try_password(console, day):
    """A wrong password first."""
    unknown = {name: value for name, value in world.iam_user("nadia").items() if name != "arn"} | {"accessKeyId": ""}
    start, console.now = console.now, console.now - dt.timedelta(seconds=43)
    pages.sign_in(console, unknown, "No", "Failure")
    console.now = start


def people(here):
    """First an administrator, whose keys are guarded; then a service user, whose keys are not."""
    return [
        (62, here(iam.user, name="marek")),
        (14, here(iam.credentials, name="marek")),
        (11, here(iam.create_key_denied, name="marek")),
        (37, here(iam.user, name="svc-backup")),
        (13, here(iam.credentials, name="svc-backup")),
        (12, here(iam.create_key, name="svc-backup", key=world.STOLEN_KEY)),
    ]


def data(here):
    """What is there to take: buckets, then secrets."""
    return [
        (48, here(pages.buckets)),
        (19, here(pages.objects, bucket=BACKUPS)),
        (33, here(pages.bucket_permissions, bucket=BACKUPS)),
        (29, here(pages.objects, bucket=EXPORTS)),
        (71, here(pages.secrets)),
        (16, here(pages.secret, name="warehouse/reader")),
        (9, here(pages.secret_value, name="warehouse/reader")),
    ]


def shell(console):
    """CloudShell: five commands, one of them refused."""
    console.wait(44)
    terminal = services.Shell(console)
    terminal.open()
    gateway = world.secret_arn("payments/gateway-token")
    refusal = f"on resource: {gateway} with an explicit deny in a resource-based policy"
    commands = [
        (31, ("sts.get-caller-identity", "sts:GetCallerIdentity")),
        (24, ("s3.ls", "s3:ListBuckets", {"Host": f"s3.{world.REGION}.amazonaws.com"})),
        (38, ("secretsmanager.list-secrets", "secretsmanager:ListSecrets", {"maxResults": 20})),
        (
            27,
            (
                "secretsmanager.get-secret-value",
                "secretsmanager:GetSecretValue",
                {"secretId": "payments/gateway-token"},
                refusal,
            ),
        ),
        (36, ("iam.list-attached-user-policies", "iam:ListAttachedUserPolicies", {"userName": "nadia"})),
    ]
    for seconds, command in commands:
        console.wait(seconds - 8)
        terminal.heartbeat()
        console.wait(8)
        terminal.type(*command)
    console.wait(20)
    terminal.close()


def stolen_key(book, day):
    """The new key of svc-backup, from an address never seen before: check the identity, look around, and download."""
    who = world.iam_user("svc-backup", world.STOLEN_KEY)
    now = day + dt.timedelta(hours=21, minutes=14, seconds=5)

    def call(seconds, command, name, params=None, **rest):
        nonlocal now
        now += dt.timedelta(seconds=seconds)
        book.add(now, name, who, world.KEY_THIEF, THIEF_CLI.format(command=command), params, tls=True, **rest)

    denied = {
        "error": "AccessDenied",
        "message": f"User: {who['arn']} is not authorized to perform: iam:CreateUser "
        f"on resource: {world.user_arn('svc-sync')} because no identity-based policy allows the iam:CreateUser action",
    }
    call(0, "sts.get-caller-identity", "sts:GetCallerIdentity")
    call(19, "s3.ls", "s3:ListBuckets", {"Host": f"s3.{world.REGION}.amazonaws.com"})
    call(41, "iam.create-user", "iam:CreateUser", {"userName": "svc-sync"}, **denied)
    for n in range(44):
        key = f"postgres/2026/03/{n // 4 + 1:02}/part-{n % 4:02}.dump.zst"
        moved = world.transfer(BACKUPS, key, outgoing=1_000_000 * book.random.randint(40, 220))
        call(book.random.randint(3, 11), "s3.cp", "s3:GetObject", world.s3_request(BACKUPS, key=key), **moved)
