"""What the console requests for CloudShell, CloudTrail and EC2."""
import json

from . import world
from .console import INTERNAL, TRAIL_CONSOLE
from .record import spelled

AGENT = ("aws-cli/2.33.17 md/awscrt#0.31.1 ua/2.1 os/linux#6.1.161-183.298.amzn2023.x86_64 md/arch#x86_64 "
         "lang/python#3.13.11 md/pyimpl#CPython exec-env/CloudShell cfg/retry-mode#standard md/installer#exe "
         "md/distrib#amzn.2023 md/prompt#off md/command#{command}")


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
        """A new terminal: the environment is made, started, asked about until it runs, and given credentials."""
        here = {"EnvironmentId": self.environment}
        self.call("GetLayout")
        self.call("CreateEnvironment", response=here | {"Status": "CREATING"})
        self.call("UpdateLayout", self.layout())
        self.call("RedeemCode", {"AuthCode": "***", "CodeVerifier": "***", "KeyBase": "***",
                                 "RedirectUri": f"https://auth.cloudshell.{world.REGION}.aws.amazon.com/callback.js"}, 1)
        self.call("StartEnvironment", here, 1, response=here)
        for at in (1, 3, 5, 7):
            self.call("GetEnvironmentStatus", here, at)
        self.call("CreateSession", here | {"TabId": self.tab}, 8,
                  response={"SessionId": self.session, "TokenValue": "***",
                            "StreamUrl": f"wss://ssmmessages.{world.REGION}.amazonaws.com/v1/data-channel/{self.session}"})
        self.call("PutCredentials", here | {"KeyBase": "***", "RefreshToken": "***"}, 8)
        self.call("UpdateLayout", self.layout(environmentID=self.environment, sessionID=self.session), 8)
        self.console.call("sts:GetCallerIdentity", None, "aws-sdk-go/1.55.8 (go1.24.11; linux; amd64) md/internal", 8,
                          ip=world.CLOUDSHELL, flag=False)

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
    recent = {"maxResults": 5, "endTime": spelled(console.now),
              "lookupAttributes": [{"attributeKey": "ReadOnly", "attributeValue": "false"}]}
    console.call("cloudtrail:LookupEvents", recent, INTERNAL, 1)
    console.call("cloudtrail:LookupEvents", {"eventCategory": "insight", "maxResults": 25}, INTERNAL, 1)
    organisation(console, 2)


def organisation(console, at):
    """Whether the organisation has trails of its own; a member account may not ask who administers them."""
    console.call("organizations:DescribeOrganization", None, INTERNAL, at)
    console.denied("organizations:ListDelegatedAdministrators", None, "because no identity-based policy allows it",
                   at, INTERNAL)


def trail(console, arn):
    """One trail: its selectors, its bucket, its key, its tags."""
    trails(console)
    organisation(console, 1)
    console.each("cloudtrail:GetEventSelectors", "trailName", [arn, arn], at=1, agent=INTERNAL)
    console.call("cloudtrail:GetInsightSelectors", {"trailName": arn}, INTERNAL, 1, error="InsightNotEnabledException",
                 message=f"Trail {arn} does not have Insights enabled.")
    console.call("s3:GetBucketLocation", {"bucketName": world.AUDIT_BUCKET, "location": "",
                                          "Host": f"s3.{world.REGION}.amazonaws.com"}, TRAIL_CONSOLE, 1)
    console.call("cloudtrail:ListTags", {"resourceIdList": [arn]}, INTERNAL, 1)
    console.call("kms:ListAliases", None, INTERNAL, 1)


def stop_logging(console, arn):
    """The button Stop logging."""
    console.call("cloudtrail:StopLogging", {"name": arn}, INTERNAL)
    trails(console, 1)


def ec2_dashboard(console):
    """EC2 › Dashboard: one count for each kind of resource."""
    everything = {"filterSet": {}, "maxResults": 1000}
    calls = {
        "DescribeAccountAttributes": {"accountAttributeNameSet": {}, "filterSet": {}},
        "DescribeAddresses": {"allocationIdsSet": {}, "filterSet": {}, "publicIpsSet": {}},
        "DescribeAvailabilityZones": {"availabilityZoneIdSet": {}, "availabilityZoneSet": {}},
        "DescribeHosts": {"DescribeHostsRequest": {"MaxResults": 500}},
        "DescribeInstanceStatus": everything | {"includeAllInstances": False, "instancesSet": {}},
        "DescribeInstances": everything | {"instancesSet": {}},
        "DescribeKeyPairs": {"filterSet": {}, "includePublicKey": False, "keyPairIdSet": {}, "keySet": {}},
        "DescribeLaunchTemplates": {"DescribeLaunchTemplatesRequest": {"MaxResults": 1}},
        "DescribePlacementGroups": {"filterSet": {}, "placementGroupIdSet": {}, "placementGroupSet": {}},
        "DescribeSecurityGroups": everything | {"securityGroupIdSet": {}, "securityGroupSet": {}},
        "DescribeSnapshots": everything | {"ownersSet": {"items": [{"owner": world.PROD}]}, "sharedUsersSet": {},
                                           "snapshotSet": {}},
        "DescribeVolumeStatus": everything | {"volumeSet": {}},
        "DescribeVolumes": everything | {"volumeSet": {}},
    }
    for name, params in calls.items():
        console.call(f"ec2:{name}", params, INTERNAL)
    console.call("autoscaling:DescribeAutoScalingGroups", {"maxRecords": 100}, INTERNAL)
    console.call("elasticloadbalancing:DescribeLoadBalancers", {"pageSize": 200}, INTERNAL, 1)
    alarms(console)


def alarms(console):
    """The dashboard's own polls: service health and alarms."""
    since = [{"from": spelled(console.now.replace(hour=0))}]
    issues = {"regions": [world.REGION, "global"], "services": ["EC2", "MULTIPLE_SERVICES"], "eventStatusCodes": ["open"],
              "eventTypeCategories": ["issue"], "lastUpdatedTimes": since}
    console.call("health:DescribeEvents", {"filter": issues, "maxResults": 100}, at=1)
    console.on_behalf("health:DescribeEvents", {"filter": issues, "maxResults": 100}, "health.amazonaws.com", at=1)
    for state in ("ALARM", "INSUFFICIENT_DATA", "OK"):
        console.call("monitoring:DescribeAlarms", {"maxRecords": 100, "stateValue": state}, at=1)


def instances(console):
    """EC2 › Instances."""
    these = {"items": [{"instanceId": name} for name in world.INSTANCES]}
    filtered = {"items": [{"name": "instance-id", "valueSet": {"items": [{"value": name} for name in world.INSTANCES]}}]}
    kinds = {"items": [{"name": "resource-type", "valueSet": {"items": [{"value": "instance"}]}}]}
    console.call("ec2:DescribeAccountAttributes", {"accountAttributeNameSet": {}, "filterSet": {}}, INTERNAL)
    console.call("ec2:DescribeInstances", {"filterSet": {}, "instancesSet": {}, "maxResults": 1000}, INTERNAL)
    console.call("ec2:DescribeInstanceTypes", {"DescribeInstanceTypesRequest": {"MaxResults": 100}}, INTERNAL)
    console.call("ec2:DescribeTags", {"filterSet": kinds, "maxResults": 200}, INTERNAL)
    for _ in range(4):
        more = {"MaxResults": 100, "NextToken": console.book.ids.word(48)}
        console.call("ec2:DescribeInstanceTypes", {"DescribeInstanceTypesRequest": more}, INTERNAL, 1)
    console.call("ec2:DescribeInstanceStatus", {"filterSet": {}, "includeAllInstances": False, "instancesSet": these}, INTERNAL, 1)
    console.call("ec2:DescribeAddresses", {"allocationIdsSet": {}, "filterSet": filtered, "publicIpsSet": {}}, INTERNAL, 1)


def instance(console, name):
    """One instance's Details tab."""
    one = {"items": [{"instanceId": name}]}
    by = {"items": [{"value": name}]}
    console.call("ec2:DescribeInstances", {"filterSet": {}, "instancesSet": one}, INTERNAL)
    console.call("ec2:DescribeInstanceStatus", {"filterSet": {}, "includeAllInstances": False, "instancesSet": one}, INTERNAL)
    for attribute in ("disableApiStop", "disableApiTermination"):
        console.call("ec2:DescribeInstanceAttribute", {"instanceId": name, "attribute": attribute}, INTERNAL)
    console.call("ec2:DescribeInstanceCreditSpecifications",
                 {"DescribeInstanceCreditSpecificationsRequest": {"InstanceId": {"content": name, "tag": 1}}}, INTERNAL)
    console.call("ec2:DescribeAddresses", {"allocationIdsSet": {}, "publicIpsSet": {},
                                           "filterSet": {"items": [{"name": "instance-id", "valueSet": by}]}}, INTERNAL)
    console.call("ec2:DescribeNetworkInterfaces", {"networkInterfaceIdSet": {}, "filterSet":
                                                   {"items": [{"name": "attachment.instance-id", "valueSet": by}]}}, INTERNAL)
    console.call("ec2:DescribeImages", {"executableBySet": {}, "filterSet": {}, "ownersSet": {},
                                        "imagesSet": {"items": [{"imageId": world.IMAGE}]}}, INTERNAL)
    console.call("ssm:DescribeInstanceInformation", {"filters": [{"key": "InstanceIds", "values": [name]}]}, INTERNAL)
    console.call("compute-optimizer:GetEnrollmentStatus", None, INTERNAL)
    console.call("iam:GetInstanceProfile", {"instanceProfileName": "web-tier"}, INTERNAL)
