"""The machines' traffic: services, roles, a pipeline, a scanner. Most of any day's events."""
import datetime as dt

from . import world
from .record import stamp
from .story import s3_resources

GO = "aws-sdk-go-v2/1.41.1 ua/2.1 os/linux lang/go#1.25.5 md/GOOS#linux md/GOARCH#arm64 api/{service}#1.80.2"
JAVA = "aws-sdk-java/2.41.14 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1 lang/java#21.0.9"
BOTO = "Boto3/1.42.30 md/Botocore#1.42.30 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.11 cfg/retry-mode#standard"
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.14.3 (+https://www.terraform.io) terraform-provider-aws/6.28.0 aws-sdk-go-v2/1.41.1"
HOUR = 3600


class Role:
    """Sessions of a role at one address, an hour each."""

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
        when = self.day + dt.timedelta(seconds=second)
        rest.setdefault("tls", True)
        self.book.add(when, call, self.who(second), self.ip, agent, params, **rest)

    def by_service(self, second, call, params, host, **rest):
        """A call that a service makes for the role, such as decrypting what it stores."""
        when = self.day + dt.timedelta(seconds=second)
        self.book.add(when, call, self.who(second, host), host, host, params, **rest)


def every(book, seconds, jitter=30, start=0, end=24 * HOUR):
    """Seconds of the day, that far apart, give or take."""
    return [t + book.random.uniform(0, jitter) for t in range(start, end - jitter, seconds)]


def orders_api(book, day):
    """The application: its secret every half hour, objects all day, logs."""
    role = Role(book, day, "orders-api", "orders-api-7c9f", "192.0.2.110")
    context = {"encryptionContext": {"SecretARN": world.secret_arn("orders/database")}}
    for t in every(book, 1800):
        role.call(t, "secretsmanager:GetSecretValue", {"secretId": "orders/database"})
        role.by_service(t, "kms:Decrypt", context, "secretsmanager.amazonaws.com")
    for n, t in enumerate(every(book, 300, 200, 5 * HOUR)):
        bucket, key = "prod-invoices", f"2026/03/11/{n:04}.pdf"
        role.call(t, "s3:PutObject", {"bucketName": bucket, "key": key, "Host": f"{bucket}.s3.{world.REGION}.amazonaws.com"},
                  data=True, resources=s3_resources(bucket, key),
                  extra={"SignatureVersion": "SigV4", "bytesTransferredIn": 20_000 + 137 * n, "bytesTransferredOut": 0})
        # Encrypting goes through a back end that the console uses too: noise that looks like a click.
        who = role.who(t, "AWS Internal")
        book.add(day + dt.timedelta(seconds=t), "kms:GenerateDataKey", who, "AWS Internal", "AWS Internal",
                 {"keyId": world.KEY_ARN, "keySpec": "AES_256",
                  "encryptionContext": {"aws:s3:arn": f"arn:aws:s3:::{bucket}/{key}"}})


def web_tier(book, day):
    """Three instances reporting to Systems Manager and writing logs."""
    for n, name in enumerate(world.INSTANCES[:3]):
        role = Role(book, day, "web-tier", name, f"192.0.2.{120 + n}")
        for t in every(book, 900, 60):
            role.call(t, "ssm:UpdateInstanceInformation", {"instanceId": name, "agentVersion": "3.3.3598.0", "agentStatus": "Active"},
                      GO.format(service="ssm"))
        for t in every(book, 2 * HOUR, 60):
            role.call(t, "logs:CreateLogStream", {"logGroupName": "/web/access", "logStreamName": f"{name}-{int(t // HOUR):02}"},
                      GO.format(service="cloudwatchlogs"), response=None)


def config(book, day):
    """AWS Config looks at everything four times a day."""
    host = "config.amazonaws.com"
    role = Role(book, day, "AWSServiceRoleForConfig", "AWSConfig-Describe", host)
    for run in range(4):
        t = run * 6 * HOUR + 1320
        for n, name in enumerate(("Instances", "Volumes", "Vpcs", "Subnets", "SecurityGroups", "NetworkInterfaces", "RouteTables")):
            role.by_service(t + n, f"ec2:Describe{name}", {"maxResults": 1000, "filterSet": {}}, host)
        for n, bucket in enumerate(world.BUCKETS):
            for name, member in (("Acl", "acl"), ("Policy", "policy"), ("Versioning", "versioning"), ("Encryption", "encryption")):
                role.by_service(t + 9 + n, f"s3:GetBucket{name}", {"bucketName": bucket, member: "",
                                "Host": f"{bucket}.s3.{world.REGION}.amazonaws.com"}, host)
        for n, name in enumerate(world.ROLES):
            for call in ("GetRole", "ListRolePolicies", "ListAttachedRolePolicies"):
                role.by_service(t + 15 + n, f"iam:{call}", {"roleName": name}, host)


def scanner(book, day):
    """The security team's scanner, from the other account: it asks about every user, as the console does."""
    caller = Role(book, day, "posture-scanner", "nightly", "192.0.2.60", world.SHARED)
    role = Role(book, day, "posture-scanner", "nightly", "192.0.2.60")
    for start in (3 * HOUR, 15 * HOUR):
        caller.call(start, "sts:AssumeRole", {"roleArn": f"arn:aws:iam::{world.PROD}:role/posture-scanner",
                    "roleSessionName": "nightly", "durationSeconds": 3600}, BOTO)
        role.call(start + 2, "iam:ListUsers", None, BOTO)
        for n, user in enumerate(world.USERS):
            for call in ("ListAccessKeys", "ListMFADevices", "ListGroupsForUser", "ListAttachedUserPolicies", "GetLoginProfile"):
                role.call(start + 3 + n, f"iam:{call}", {"userName": user}, BOTO)
            for key in world.access_keys(user):
                role.call(start + 3 + n, "iam:GetAccessKeyLastUsed", {"accessKeyId": key}, BOTO)
        for n, region in enumerate(("eu-west-1", "eu-central-1", "us-east-1", "us-west-2")):
            for call in ("DescribeInstances", "DescribeSecurityGroups", "DescribeVolumes", "DescribeSnapshots"):
                role.call(start + 40 + n, f"ec2:{call}", {"maxResults": 500, "filterSet": {}}, BOTO, region=region)


def pipeline(book, day):
    """Six deployments, each a plan of reads and a few writes."""
    for run, start in enumerate((7.4, 8.9, 10.2, 12.6, 14.1, 16.7)):
        t = start * HOUR
        role = Role(book, day, "ci-deploy", f"run-{4410 + run}", f"198.51.100.{140 + run}")
        role.call(t, "ecr:GetAuthorizationToken", None, GO.format(service="ecr"))
        for n in range(14):
            role.call(t + 4 + n, "ecr:BatchCheckLayerAvailability", {"repositoryName": "orders-api", "layerDigests":
                      [f"sha256:{book.ids.word(64, '0123456789abcdef')}"]}, GO.format(service="ecr"))
        role.call(t + 30, "ecr:PutImage", {"repositoryName": "orders-api", "imageTag": f"build-{4410 + run}"}, GO.format(service="ecr"))
        for n, call in enumerate(("ecs:DescribeServices", "ecs:DescribeTaskDefinition", "iam:GetRole", "ec2:DescribeSubnets",
                                  "ec2:DescribeSecurityGroups", "elasticloadbalancing:DescribeTargetGroups", "logs:DescribeLogGroups",
                                  "s3:GetBucketPolicy", "kms:DescribeKey", "iam:ListAttachedRolePolicies")):
            role.call(t + 60 + n, call, {"roleName": "orders-api"} if call.startswith("iam:") else None, TERRAFORM)
        role.call(t + 80, "ecs:RegisterTaskDefinition", {"family": "orders-api"}, TERRAFORM)
        role.call(t + 84, "ecs:UpdateService", {"cluster": "prod", "service": "orders-api"}, TERRAFORM)


def backup(book, day):
    """svc-backup at its own work, with its own key, at night."""
    who = world.iam_user("svc-backup", world.access_keys("svc-backup")[0])
    bucket = "prod-db-backups"
    for n in range(40):
        key = f"postgres/2026/03/11/part-{n:02}.dump.zst"
        book.add(day + dt.timedelta(hours=1, seconds=30 * n), "s3:PutObject", who, "192.0.2.90", BOTO,
                 {"bucketName": bucket, "key": key, "Host": f"{bucket}.s3.{world.REGION}.amazonaws.com"}, data=True, tls=True,
                 resources=s3_resources(bucket, key),
                 extra={"SignatureVersion": "SigV4", "bytesTransferredIn": 96_000_000 + 4096 * n, "bytesTransferredOut": 0})


def platform(book, day):
    """AWS services that call for themselves."""
    def call(t, name, params, host, **rest):
        account = rest.pop("account", world.PROD)
        book.add(day + dt.timedelta(seconds=t), name, world.service(host), host, host, params, account=account, **rest)

    for t in every(book, 600):
        call(t, "sts:AssumeRole", {"roleArn": f"arn:aws:iam::{world.PROD}:role/orders-api", "roleSessionName": "orders-api-7c9f"},
             "ecs-tasks.amazonaws.com", region=world.REGION)
    for t in every(book, 900):
        call(t, "sts:AssumeRole", {"roleArn": f"arn:aws:iam::{world.PROD}:role/web-tier", "roleSessionName": world.INSTANCES[0]},
             "ec2.amazonaws.com", region=world.REGION)
    for t in every(book, 1200):
        call(t, "s3:GetBucketAcl", {"bucketName": world.AUDIT_BUCKET, "acl": "", "Host": f"{world.AUDIT_BUCKET}.s3.amazonaws.com"},
             "cloudtrail.amazonaws.com", account=world.SHARED)
    for t in every(book, 1800):
        call(t, "kms:Decrypt", {"encryptionContext": {"aws:cloudtrail:arn": world.ORG_TRAIL}}, "AWS Internal", account=world.SHARED)
    call(4 * HOUR, "kms:RotateKey", None, "AWS Internal", kind="AwsServiceEvent")


PARTS = (orders_api, web_tier, config, scanner, pipeline, backup, platform)
