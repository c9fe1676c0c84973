"""The organization: two accounts, and who and what is in them. Everything is invented."""

import random

PROD = "111122223333"
SHARED = "444455556666"
REGION = "eu-west-1"

PEOPLE = [
    "agata",
    "bruno",
    "celia",
    "dario",
    "elena",
    "felix",
    "greta",
    "hugo",
    "irene",
    "jonas",
    "karin",
    "lukas",
    "marek",
    "nadia",
    "oscar",
    "petra",
]
SERVICE_USERS = ["svc-backup", "svc-build", "svc-metrics", "svc-reports"]
USERS = PEOPLE + SERVICE_USERS
GROUPS = ["admins", "backup-operators", "billing", "data-readers", "developers", "on-call"]
GROUPS_OF = {"marek": ["admins", "on-call"], "svc-backup": ["backup-operators", "data-readers"]}
SSO_ROLE = "AWSReservedSSO_PowerUserAccess_0123456789abcdef"
ROLES = [
    "AWSServiceRoleForAutoScaling",
    "AWSServiceRoleForCloudTrail",
    "AWSServiceRoleForConfig",
    "AWSServiceRoleForOrganizations",
    "AWSServiceRoleForSupport",
    SSO_ROLE,
    "OrganizationAccountAccessRole",
    "ci-deploy",
    "orders-api",
    "posture-scanner",
    "web-tier",
]
BUCKETS = ["prod-customer-exports", "prod-db-backups", "prod-invoices", "prod-static-site"]
AUDIT_BUCKET = "shared-audit-trail"
INSTANCES = ["i-0aa11bb22cc33dd01", "i-0aa11bb22cc33dd02", "i-0aa11bb22cc33dd03", "i-0aa11bb22cc33dd04"]
IMAGE = "ami-0fedcba9876543210"
SECRETS = {"orders/database": "AbCd12", "payments/gateway-token": "EfGh34", "warehouse/reader": "IjKl56"}
KEY_ARN = f"arn:aws:kms:{REGION}:{PROD}:key/00001111-2222-3333-4444-555566667777"
PROD_TRAIL = f"arn:aws:cloudtrail:{REGION}:{PROD}:trail/prod-audit"
ORG_TRAIL = f"arn:aws:cloudtrail:{REGION}:{SHARED}:trail/organisation"

# 192.0.2.x is the office, 198.51.100.x the cloud, 203.0.113.x belongs to nobody that the organization knows.
OFFICE = "192.0.2.41"
BACKUP_HOST = "192.0.2.90"
CLOUDSHELL = "198.51.100.200"
STRANGER = "203.0.113.66"
KEY_THIEF = "203.0.113.147"


def fake(prefix, name, length):
    """Returns an ID of the given length for a name, the same every time: AIDAEXAMPLE…"""
    letters = random.Random(f"{prefix}/{name}")
    stem = prefix + "EXAMPLE"
    return stem + "".join(letters.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(length - len(stem)))


def access_keys(user):
    """The long-term keys a user has on the morning of the day."""
    count = {"svc-backup": 1, "nadia": 1}.get(user, 1 + (USERS.index(user) % 3 != 0))
    return [fake("AKIA", f"{user}/{n}", 20) for n in range(count)]


STOLEN_KEY = fake("AKIA", "svc-backup/stolen", 20)


def secret_arn(name):
    return f"arn:aws:secretsmanager:{REGION}:{PROD}:secret:{name}-{SECRETS[name]}"


def s3_request(bucket, **members):
    """What a call on a bucket asks for; an empty member names the part of the bucket that is asked about."""
    return {"bucketName": bucket, "Host": f"{bucket}.s3.{REGION}.amazonaws.com"} | members


def s3_resources(bucket, key):
    """The object and its bucket, as data events name them."""
    return [
        {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{key}"},
        {"accountId": PROD, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"},
    ]


def transfer(bucket, key, incoming=0, outgoing=0):
    """What a data event says of an object that was moved."""
    extra = {"SignatureVersion": "SigV4", "bytesTransferredIn": incoming, "bytesTransferredOut": outgoing}
    return {"data": True, "resources": s3_resources(bucket, key), "extra": extra}


def no_password(user):
    """The error that GetLoginProfile ends in for a service user."""
    if user not in SERVICE_USERS:
        return {}
    return {"error": "NoSuchEntityException", "message": f"Login Profile for User {user} cannot be found."}


def role_arn(role, account=PROD):
    return f"arn:aws:iam::{account}:role/{role}"


def user_arn(name):
    return f"arn:aws:iam::{PROD}:user/{name}"


def iam_user(name, key=None, created=None, mfa=False):
    """An IAM user: with a long-term key, or in a console session that began at `created`."""
    who = {"type": "IAMUser", "principalId": fake("AIDA", name, 21), "arn": user_arn(name), "accountId": PROD}
    if key:
        who["accessKeyId"] = key
    who["userName"] = name
    if created:
        who["sessionContext"] = {"attributes": {"creationDate": created, "mfaAuthenticated": str(mfa).lower()}}
    return who


def assumed_role(role, session, created, key, account=PROD, mfa=False, path="", invoked_by=None):
    """A session of a role."""
    principal = fake("AROA", role, 21)
    who = {
        "type": "AssumedRole",
        "principalId": f"{principal}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": principal,
                "arn": role_arn(path + role, account),
                "accountId": account,
                "userName": role,
            },
            "attributes": {"creationDate": created, "mfaAuthenticated": str(mfa).lower()},
        },
    }
    if invoked_by:
        who["invokedBy"] = invoked_by
    return who


def service(host):
    """An AWS service that calls for itself."""
    return {"type": "AWSService", "invokedBy": host}
