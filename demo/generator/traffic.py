"""The machines' traffic: services, roles, a pipeline, a scanner. Most of any day's events."""

import datetime as dt

from . import world
from .record import spelled, stamp

GO = "aws-sdk-go-v2/1.41.1 ua/2.1 os/linux lang/go#1.25.5 md/GOOS#linux md/GOARCH#arm64"
JAVA = "aws-sdk-java/2.41.14 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1 lang/java#21.0.9"
BOTO = "Boto3/1.42.30 md/Botocore#1.42.30 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.11"
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.14.3 (+https://www.terraform.io) aws-sdk-go-v2/1.41.1"
HOUR = 3600


class Role:
    """Sessions of a role at one address, each one hour long."""

    def __init__(self, book, day, role, session, ip, account=world.PROD):
        self.book, self.day, self.role, self.session, self.ip, self.account = book, day, role, session, ip, account
        self.keys = {}

    def who(self, second, invoked_by=None):
        """The identity at that second of the day."""
        hour = int(second // HOUR)
        key = self.keys.setdefault(hour, self.book.ids.temporary_key())
        created = stamp(self.day + dt.timedelta(hours=hour))
        return world.assumed_role(self.role, self.session, created, key, self.account, invoked_by=invoked_by)

    def call(self, second, call, params=None, agent=JAVA, **rest):
        """A call of the role's own program."""
        when = self.day + dt.timedelta(seconds=second)
        self.book.add(when, call, self.who(second), self.ip, agent, params, tls=True, **rest)

    def by_service(self, second, call, params, host, **rest):
        """A call that a service makes for the role, such as decrypting what it stores."""
        when = self.day + dt.timedelta(seconds=second)
        self.book.add(when, call, self.who(second, host), host, host, params, **rest)


def every(book, seconds, jitter=30, start=0, end=24 * HOUR):
    """Returns seconds of the day, about that far apart."""
    return [t + book.random.uniform(0, jitter) for t in range(start, end - jitter, seconds)]


def credentials(book, when, role, session, account=world.PROD):
    """The response of sts:AssumeRole."""
    made = {"accessKeyId": book.ids.temporary_key(), "expiration": spelled(when + dt.timedelta(hours=1))}
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/{session}"
    return {
        "credentials": made,
        "assumedRoleUser": {"assumedRoleId": f"{world.fake('AROA', role, 21)}:{session}", "arn": arn},
    }


def orders_api(book, day):
    """The application: its secret every half hour, objects all day."""
    role = Role(book, day, "orders-api", "orders-api-7c9f", "198.51.100.110")
    context = {"encryptionContext": {"SecretARN": world.secret_arn("orders/database")}}
    for t in every(book, 1800):
        role.call(t, "secretsmanager:GetSecretValue", {"secretId": "orders/database"})
        role.by_service(t, "kms:Decrypt", context, "secretsmanager.amazonaws.com")
    for n, t in enumerate(every(book, 300, 200, 5 * HOUR)):
        bucket, key = "prod-invoices", f"2026/03/11/{n:04}.pdf"
        role.call(
            t,
            "s3:PutObject",
            world.s3_request(bucket, key=key),
            **world.transfer(bucket, key, 20_000 + 137 * n),
            response={"x-amz-server-side-encryption": "aws:kms"},
        )
        # Encrypting goes through a back end that the console uses too: noise that looks like a click.
        sealed = {"encryptionContext": {"aws:s3:arn": f"arn:aws:s3:::{bucket}/{key}"}}
        role.by_service(
            t, "kms:GenerateDataKey", sealed | {"keyId": world.KEY_ARN, "keySpec": "AES_256"}, "AWS Internal"
        )


def web_tier(book, day):
    """Three instances reporting to Systems Manager and writing logs."""
    for n, name in enumerate(world.INSTANCES[:3]):
        role = Role(book, day, "web-tier", name, f"198.51.100.{120 + n}")
        state = {"instanceId": name, "agentVersion": "3.3.3598.0", "agentStatus": "Active"}
        for t in every(book, 900, 60):
            role.call(t, "ssm:UpdateInstanceInformation", state, GO)
        for t in every(book, 2 * HOUR, 60):
            stream = {"logGroupName": "/web/access", "logStreamName": f"{name}-{int(t // HOUR):02}"}
            role.call(t, "logs:CreateLogStream", stream, GO)


def config(book, day):
    """AWS Config looks at everything four times a day."""
    host = "config.amazonaws.com"
    role = Role(book, day, "AWSServiceRoleForConfig", "AWSConfig-Describe", host)
    kinds = ("Instances", "Volumes", "Vpcs", "Subnets", "SecurityGroups", "NetworkInterfaces", "RouteTables")
    for t in range(1320, 24 * HOUR, 6 * HOUR):
        for n, name in enumerate(kinds):
            role.by_service(t + n, f"ec2:Describe{name}", {"maxResults": 1000, "filterSet": {}}, host)
        for n, bucket in enumerate(world.BUCKETS):
            for part in ("acl", "policy", "versioning", "encryption"):
                role.by_service(t + 9 + n, f"s3:GetBucket{part.title()}", world.s3_request(bucket, **{part: ""}), host)
        for n, name in enumerate(world.ROLES):
            for call in ("GetRole", "ListRolePolicies", "ListAttachedRolePolicies"):
                role.by_service(t + 15 + n, f"iam:{call}", {"roleName": name}, host)


def scanner(book, day):
    """The security team's scanner, from the other account: it asks about every user, as the console does."""
    caller = Role(book, day, "posture-scanner", "nightly", "198.51.100.60", world.SHARED)
    role = Role(book, day, "posture-scanner", "nightly", "198.51.100.60")
    asked = ("ListAccessKeys", "ListMFADevices", "ListGroupsForUser", "ListAttachedUserPolicies")
    for start in (3 * HOUR, 15 * HOUR):
        answer = credentials(book, day + dt.timedelta(seconds=start), "posture-scanner", "nightly")
        target = {"roleArn": world.role_arn("posture-scanner"), "roleSessionName": "nightly", "durationSeconds": 3600}
        caller.call(start, "sts:AssumeRole", target, BOTO, response=answer)
        role.call(start + 2, "iam:ListUsers", None, BOTO)
        for n, user in enumerate(world.USERS, start + 3):
            for call in asked:
                role.call(n, f"iam:{call}", {"userName": user}, BOTO)
            role.call(n, "iam:GetLoginProfile", {"userName": user}, BOTO, **world.no_password(user))
            for key in world.access_keys(user):
                role.call(n, "iam:GetAccessKeyLastUsed", {"accessKeyId": key}, BOTO)
        for n, region in enumerate(("eu-west-1", "eu-central-1", "us-east-1", "us-west-2"), start + 40):
            for kind in ("Instances", "SecurityGroups", "Volumes", "Snapshots"):
                role.call(n, f"ec2:Describe{kind}", {"maxResults": 500, "filterSet": {}}, BOTO, region=region)


def pipeline(book, day):
    """Six deployments, each a push, a plan of reads and a few writes."""
    reads = (
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
        "elasticloadbalancing:DescribeTargetGroups",
        "logs:DescribeLogGroups",
        "kms:DescribeKey",
    )
    for build, start in enumerate((7.4, 8.9, 10.2, 12.6, 14.1, 16.7), 4410):
        t = start * HOUR
        role = Role(book, day, "ci-deploy", f"build-{build}", f"198.51.100.{build - 4270}")
        image = {"repositoryName": "orders-api", "imageTag": f"build-{build}"}
        role.call(t, "ecr:GetAuthorizationToken", None, GO)
        for n in range(14):
            digest = f"sha256:{book.ids.word(64, '0123456789abcdef')}"
            layer = {"repositoryName": "orders-api", "layerDigests": [digest]}
            role.call(t + 4 + n, "ecr:BatchCheckLayerAvailability", layer, GO)
        role.call(t + 30, "ecr:PutImage", image, GO, response={"image": image | {"registryId": world.PROD}})
        for n, call in enumerate(reads):
            role.call(t + 60 + n, call, None, TERRAFORM)
        for n, call in enumerate(("GetRole", "ListRolePolicies", "ListAttachedRolePolicies")):
            role.call(t + 70 + n, f"iam:{call}", {"roleName": "orders-api"}, TERRAFORM)
        role.call(
            t + 80,
            "ecs:RegisterTaskDefinition",
            {"family": "orders-api"},
            TERRAFORM,
            response={"taskDefinition": {"family": "orders-api", "revision": build, "status": "ACTIVE"}},
        )
        role.call(
            t + 84,
            "ecs:UpdateService",
            {"cluster": "prod", "service": "orders-api"},
            TERRAFORM,
            response={"service": {"serviceName": "orders-api", "status": "ACTIVE", "desiredCount": 3}},
        )


def backup(book, day):
    """svc-backup at its own work, with its own key, at night."""
    who = world.iam_user("svc-backup", world.access_keys("svc-backup")[0])
    bucket = "prod-db-backups"
    for n in range(40):
        key = f"postgres/2026/03/11/part-{n:02}.dump.zst"
        when = day + dt.timedelta(hours=1, seconds=30 * n)
        book.add(
            when,
            "s3:PutObject",
            who,
            world.BACKUP_HOST,
            BOTO,
            world.s3_request(bucket, key=key),
            tls=True,
            response={"x-amz-server-side-encryption": "aws:kms"},
            **world.transfer(bucket, key, 96_000_000 + 4096 * n),
        )


def platform(book, day):
    """AWS services that make calls on their own behalf."""

    def call(second, name, params, host, account=world.PROD, **rest):
        when = day + dt.timedelta(seconds=second)
        book.add(when, name, world.service(host), host, host, params, account=account, **rest)

    def assume(second, role, session, host):
        answer = credentials(book, day + dt.timedelta(seconds=second), role, session)
        call(
            second,
            "sts:AssumeRole",
            {"roleArn": world.role_arn(role), "roleSessionName": session},
            host,
            region=world.REGION,
            response=answer,
        )

    for t in every(book, 600):
        assume(t, "orders-api", "orders-api-7c9f", "ecs-tasks.amazonaws.com")
    for t in every(book, 900):
        assume(t, "web-tier", world.INSTANCES[0], "ec2.amazonaws.com")
    for t in every(book, 1200):
        call(
            t, "s3:GetBucketAcl", world.s3_request(world.AUDIT_BUCKET, acl=""), "cloudtrail.amazonaws.com", world.SHARED
        )
    for t in every(book, 1800):
        sealed = {"encryptionContext": {"aws:cloudtrail:arn": world.ORG_TRAIL}}
        call(t, "kms:Decrypt", sealed, "AWS Internal", world.SHARED)
    call(4 * HOUR, "kms:RotateKey", None, "AWS Internal", kind="AwsServiceEvent")


PARTS = (orders_api, web_tier, config, scanner, pipeline, backup, platform)
