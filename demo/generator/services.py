"""What the console requests for CloudShell and CloudTrail."""

import json

from . import world
from .console import INTERNAL, TRAIL_CONSOLE
from .record import spelled

AGENT = (
    "aws-cli/2.33.17 md/awscrt#0.31.1 ua/2.1 os/linux#6.1.161-183.298.amzn2023.x86_64 md/arch#x86_64 "
    "lang/python#3.13.11 md/pyimpl#CPython exec-env/CloudShell cfg/retry-mode#standard md/installer#exe "
    "md/distrib#amzn.2023 md/prompt#off md/command#{command}"
)


class Shell:
    """A CloudShell terminal of a console session."""

    def __init__(self, console):
        self.console, ids = console, console.book.ids
        self.environment, self.tab = ids.uuid(), ids.uuid()
        self.session = f"{int(console.now.timestamp())}{ids.word(9, '0123456789')}-0{ids.word(16, '0123456789abcdef')}"

    def call(self, name, params=None, at=0, **rest):
        self.console.call(f"cloudshell:{name}", params, at=at, **rest)

    def layout(self, **members):
        area = {"widgetsConnection": [{"tabID": self.tab} | members], "type": "tab-area", "currentIndex": 0}
        return {"layout": json.dumps({"main": area, "activeTabId": self.tab}, separators=(",", ":"))}

    def open(self):
        """A new terminal: the environment is created, started, polled until it runs, and given credentials."""
        here = {"EnvironmentId": self.environment}
        self.call("GetLayout")
        self.call("CreateEnvironment", response=here | {"Status": "CREATING"})
        self.call("UpdateLayout", self.layout())
        self.call(
            "RedeemCode",
            {
                "AuthCode": "***",
                "CodeVerifier": "***",
                "KeyBase": "***",
                "RedirectUri": f"https://auth.cloudshell.{world.REGION}.aws.amazon.com/callback.js",
            },
            1,
        )
        self.call("StartEnvironment", here, 1, response=here)
        for at in (1, 3, 5, 7):
            self.call("GetEnvironmentStatus", here, at)
        self.call(
            "CreateSession",
            here | {"TabId": self.tab},
            8,
            response={
                "SessionId": self.session,
                "TokenValue": "***",
                "StreamUrl": f"wss://ssmmessages.{world.REGION}.amazonaws.com/v1/data-channel/{self.session}",
            },
        )
        self.call("PutCredentials", here | {"KeyBase": "***", "RefreshToken": "***"}, 8)
        self.call("UpdateLayout", self.layout(environmentID=self.environment, sessionID=self.session), 8)
        self.console.call(
            "sts:GetCallerIdentity",
            None,
            "aws-sdk-go/1.55.8 (go1.24.11; linux; amd64) md/internal",
            8,
            ip=world.CLOUDSHELL,
            flag=False,
        )

    def heartbeat(self):
        self.call("SendHeartBeat", {"EnvironmentId": self.environment})

    def type(self, command, call, params=None, denied=None):
        """A command, named as the CLI names it: `sts.get-caller-identity`."""
        where = {"agent": AGENT.format(command=command), "ip": world.CLOUDSHELL, "tls": True, "flag": False}
        if denied:
            self.console.denied(call, params, denied, **where)
        else:
            self.console.call(call, params, **where)

    def close(self):
        """The terminal's tab is closed."""
        self.call("GetEnvironmentStatus", {"EnvironmentId": self.environment})
        self.call("DeleteSession", {"EnvironmentId": self.environment, "SessionId": self.session}, 1)


def trails(console, at=0):
    """CloudTrail › Trails; other pages of CloudTrail ask the same first."""
    console.call("cloudtrail:DescribeTrails", {"includeShadowTrails": True, "trailNameList": []}, INTERNAL, at)
    console.each("cloudtrail:GetTrailStatus", "name", [world.ORG_TRAIL, world.PROD_TRAIL], at=at, agent=INTERNAL)


def trail_dashboard(console):
    """CloudTrail › Dashboard."""
    console.call("s3:ListBuckets", {"Host": f"s3.{world.REGION}.amazonaws.com"}, TRAIL_CONSOLE)
    trails(console, 1)
    recent = {
        "maxResults": 5,
        "endTime": spelled(console.now),
        "lookupAttributes": [{"attributeKey": "ReadOnly", "attributeValue": "false"}],
    }
    console.call("cloudtrail:LookupEvents", recent, INTERNAL, 1)
    console.call("cloudtrail:LookupEvents", {"eventCategory": "insight", "maxResults": 25}, INTERNAL, 1)
    organization(console, 2)


def organization(console, at):
    """Whether the organization has trails of its own; a member account may not ask who administers them."""
    console.call("organizations:DescribeOrganization", None, INTERNAL, at)
    console.denied(
        "organizations:ListDelegatedAdministrators", None, "because no identity-based policy allows it", at, INTERNAL
    )


def trail(console, arn):
    """One trail: its selectors, its bucket, its key, its tags."""
    trails(console)
    organization(console, 1)
    console.each("cloudtrail:GetEventSelectors", "trailName", [arn, arn], at=1, agent=INTERNAL)
    console.call(
        "cloudtrail:GetInsightSelectors",
        {"trailName": arn},
        INTERNAL,
        1,
        error="InsightNotEnabledException",
        message=f"Trail {arn} does not have Insights enabled.",
    )
    console.call("s3:GetBucketLocation", world.s3_request(world.AUDIT_BUCKET, location=""), TRAIL_CONSOLE, 1)
    console.call("cloudtrail:ListTags", {"resourceIdList": [arn]}, INTERNAL, 1)
    console.call("kms:ListAliases", None, INTERNAL, 1)


def stop_logging(console, arn):
    """The button Stop logging."""
    console.call("cloudtrail:StopLogging", {"name": arn}, INTERNAL)
    trails(console, 1)
