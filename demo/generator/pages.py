"""What the console requests for sign-in, home, search, S3 and Secrets Manager, and by itself in the background."""

import datetime as dt

from . import world
from .console import INTERNAL, S3_CONSOLE, SIGN_IN
from .record import spelled

LANDING = "https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=hashArgsFromTB"
NOT_CHARGES = {
    "Not": {"Or": [{"Dimensions": {"Key": "RECORD_TYPE", "Values": [kind]}} for kind in ("Credit", "Refund")]}
}
NO_BLOCK = {
    "error": "NoSuchPublicAccessBlockConfiguration",
    "message": "The public access block configuration was not found",
}
NO_POLICY = {"error": "NoSuchBucketPolicy", "message": "The bucket policy does not exist"}


def sign_in(console, who, mfa, answer="Success"):
    """The sign-in. An IAM user's carries no session yet."""
    console.call(
        "signin:ConsoleLogin",
        who=who,
        flag=False,
        host=f"{world.REGION}.signin.aws.amazon.com",
        message="Failed authentication" if answer == "Failure" else None,
        response={"ConsoleLogin": answer},
        version="1.08",
        kind="AwsConsoleSignIn",
        extra={"LoginTo": LANDING, "MobileVersion": "No", "MFAUsed": mfa},
    )


def sign_in_token(console, who):
    """The portal's exchange of a role for a console session."""
    console.call(
        "signin:GetSigninToken",
        None,
        SIGN_IN,
        who=who,
        flag=False,
        response={"GetSigninToken": "Success"},
        version="1.08",
        kind="AwsConsoleSignIn",
        extra={"MobileVersion": "No", "MFAUsed": "Yes"},
    )


def home(console):
    """Console Home, with its cost and security widgets."""
    first = console.now.replace(day=1, hour=0, minute=0, second=0)
    since = (first - dt.timedelta(days=31)).replace(day=1)
    period = {"Start": f"{since:%Y-%m-%d}", "End": f"{console.now:%Y-%m-%d}"}
    groups = [{"Type": "DIMENSION", "Key": "SERVICE"}]
    console.call(
        "ce:GetCostAndUsage",
        {
            "Filter": NOT_CHARGES,
            "Granularity": "MONTHLY",
            "GroupBy": groups,
            "Metrics": ["UnblendedCost"],
            "TimePeriod": period,
        },
        at=2,
    )
    console.call(
        "ce:GetCostForecast",
        {
            "Filter": NOT_CHARGES,
            "Granularity": "MONTHLY",
            "Metric": "NET_UNBLENDED_COST",
            "TimePeriod": {"Start": period["End"], "End": "2026-04-01"},
        },
        at=2,
    )
    console.call("ec2:DescribeRegions", {"regionSet": {}, "allRegions": True}, at=3)
    console.call("servicecatalog-appregistry:ListApplications", {"maxResults": "100"}, at=3)
    console.call(
        "ram:ListResources",
        {"resourceType": "servicecatalog:Applications", "maxResults": 100, "resourceOwner": "SELF"},
        at=3,
    )
    for name in ("DescribeHub", "GetAdministratorAccount", "ListFindingAggregators", "ListMembers"):
        console.call(f"securityhub:{name}", at=3)
    console.call(
        "securityhub:GetInsightResults",
        {"InsightArn": "arn%3Aaws%3Asecurityhub%3A%3A%3Ainsight/securityhub/default/29"},
        at=3,
    )
    console.call(
        "securityhub:GetControlFindingSummary", {"Accounts": "CURRENT_ACCOUNT", "Regions": "CURRENT_REGION"}, at=4
    )
    polls(console, at=4, full=True)


def search(console):
    """Typing into the search bar."""
    console.call("resource-explorer-2:ListIndexes", {"Type": "AGGREGATOR"})


def polls(console, at=0, full=False):
    """What the console's frame asks for by itself: health, notifications, alarms."""
    since = spelled(console.now - dt.timedelta(days=7))
    console.call(
        "health:DescribeEventAggregates",
        {
            "filter": {"eventStatusCodes": ["open", "upcoming"], "startTimes": [{"from": since}]},
            "aggregateField": "eventTypeCategory",
        },
        INTERNAL,
        at,
    )
    console.call("monitoring:DescribeAlarms", {"maxRecords": 100}, INTERNAL, at)
    if not full:
        return
    console.call("notifications:ListNotificationHubs", at=at)
    console.call("notifications:ListNotificationEvents", {"locale": "en_US", "maxResults": "100"}, at=at)
    for category, status in (
        ("accountNotification", ["open"]),
        ("issue", ["open"]),
        ("scheduledChange", ["open", "upcoming"]),
    ):
        request = {
            "filter": {"eventTypeCategories": [category], "eventStatusCodes": status, "startTimes": [{"from": since}]},
            "aggregateField": "eventTypeCategory",
        }
        console.call("health:DescribeEventAggregates", request, at=at)
        console.on_behalf("health:DescribeEventAggregates", request, "health.amazonaws.com", at=at)


def control_host():
    return f"{world.PROD}.s3-control.{world.REGION}.amazonaws.com"


def bucket_access(console, bucket, at):
    """Whether a bucket is public: asked for each bucket on the screen."""
    policy = {} if bucket == "prod-static-site" else NO_POLICY
    console.call("s3:GetAccountPublicAccessBlock", {"Host": control_host()}, S3_CONSOLE, at, **NO_BLOCK)
    console.call("s3:GetBucketAcl", world.s3_request(bucket, acl=""), S3_CONSOLE, at)
    console.call("s3:GetBucketPublicAccessBlock", world.s3_request(bucket, publicAccessBlock=""), S3_CONSOLE, at)
    console.call("s3:GetBucketPolicyStatus", world.s3_request(bucket, policyStatus=""), S3_CONSOLE, at, **policy)
    console.call("s3:ListAccessPoints", {"bucket": bucket, "Host": control_host(), "maxResults": "1"}, S3_CONSOLE, at)


def buckets(console):
    """S3 › Buckets."""
    lens = {"configurationARN": f"arn:aws:s3:us-east-1:{world.PROD}:storage-lens/default-account-dashboard"}
    host = {"Host": f"{world.PROD}.s3-control.us-east-1.amazonaws.com"}
    console.call("s3:ListBuckets", {"Host": "s3.amazonaws.com"}, S3_CONSOLE, region="us-east-1")
    for agent in (INTERNAL, S3_CONSOLE):
        console.call("s3:GetStorageLensConfiguration", host, agent, 1, region="us-east-1")
        console.call("s3:GetStorageLensDashboardDataInternal", lens, INTERNAL, 1, region="us-east-1")
    for n, bucket in enumerate(world.BUCKETS):
        bucket_access(console, bucket, 1 + n // 2)


def objects(console, bucket):
    """A bucket's objects."""
    here = {"bucketName": bucket, "Host": "s3.amazonaws.com"}
    console.call("s3:GetBucketVersioning", here | {"versioning": ""}, S3_CONSOLE)
    console.call("s3:GetBucketOwnershipControls", here | {"ownershipControls": ""}, S3_CONSOLE)
    bucket_access(console, bucket, 1)


def bucket_permissions(console, bucket):
    """A bucket's Permissions tab."""
    console.call("s3:GetAccountPublicAccessBlock", {"Host": control_host()}, S3_CONSOLE, **NO_BLOCK)
    console.call("s3:ListBuckets", {"Host": "s3.amazonaws.com"}, S3_CONSOLE, region="us-east-1")
    missing = {
        "policy": NO_POLICY,
        "cors": {"error": "NoSuchCORSConfiguration", "message": "The CORS configuration does not exist"},
    }
    for name, member in (
        ("Acl", "acl"),
        ("Cors", "cors"),
        ("OwnershipControls", "ownershipControls"),
        ("Policy", "policy"),
        ("PublicAccessBlock", "publicAccessBlock"),
    ):
        console.call(
            f"s3:GetBucket{name}", world.s3_request(bucket, **{member: ""}), S3_CONSOLE, 1, **missing.get(member, {})
        )


def secrets(console):
    """Secrets Manager › Secrets."""
    console.call("secretsmanager:ListSecrets")
    console.call(
        "secretsmanager:ListSecrets", {"includePlannedDeletion": False, "maxResults": 100, "sortOrder": "desc"}, at=1
    )


def secret(console, name):
    """One secret's overview: everything but the value."""
    console.call("secretsmanager:DescribeSecret", {"secretId": name})
    console.call("secretsmanager:GetResourcePolicy", {"secretId": world.secret_arn(name)})
    for _ in range(2):
        console.call("kms:ListAliases", at=1)


def secret_value(console, name):
    """The button Retrieve secret value; the service decrypts it with the person's identity."""
    arn = world.secret_arn(name)
    console.call("secretsmanager:GetSecretValue", {"secretId": arn})
    context = {"SecretARN": arn, "SecretVersionId": console.book.ids.uuid()}
    console.on_behalf(
        "kms:Decrypt",
        {"encryptionContext": context, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
        "secretsmanager.amazonaws.com",
        resources=[{"accountId": world.PROD, "type": "AWS::KMS::Key", "ARN": world.KEY_ARN}],
    )
