"""What the console requests for IAM pages. One look at the users is about 140 calls."""

from . import world
from .console import BACK_END, INTERNAL
from .record import spelled


def dashboard(console):
    """IAM › Dashboard."""
    console.call("organizations:DescribeOrganization", None, INTERNAL)
    for name in (
        "GetAccountSummary",
        "ListAccessKeys",
        "ListAccountAliases",
        "ListOpenIDConnectProviders",
        "ListSAMLProviders",
    ):
        console.call(f"iam:{name}", None, INTERNAL)
    for name in ("ListGroups", "ListRoles", "ListUsers"):
        console.call(f"iam:{name}", {"maxItems": 1000}, INTERNAL)
    console.call("iam:ListPolicies", {"onlyAttached": False, "maxItems": 1000}, INTERNAL)


def login_profile(console, user, at):
    """Service users have no password, and the console learns it by an error."""
    console.call("iam:GetLoginProfile", {"userName": user}, BACK_END, at, **world.no_password(user))


def users(console):
    """IAM › Users: six questions about each of the users on the screen."""
    console.call("iam:ListUsers", {"maxItems": 1000}, INTERNAL)
    for user in world.USERS:
        login_profile(console, user, 1)
    console.each("iam:ListSigningCertificates", "userName", world.USERS, at=2)
    console.each("iam:ListGroupsForUser", "userName", world.USERS, at=3)
    console.each("iam:ListMFADevices", "userName", world.USERS, at=3)
    console.each("iam:ListAccessKeys", "userName", world.USERS, at=4)
    # The column of the last key used asks again for some, as the table is drawn.
    console.each("iam:ListAccessKeys", "userName", world.USERS[:6], at=5)
    keys = [key for user in world.USERS for key in world.access_keys(user)]
    console.each("iam:GetAccessKeyLastUsed", "accessKeyId", keys, at=6)


def user(console, name):
    """A user's Permissions tab."""
    groups = world.GROUPS_OF.get(name, ["developers"])
    for call in (
        "GetUser",
        "ListAccessKeys",
        "ListAttachedUserPolicies",
        "ListMFADevices",
        "ListUserPolicies",
        "ListUserTags",
    ):
        console.call(f"iam:{call}", {"userName": name}, INTERNAL)
    console.call("iam:ListAccessKeys", {"userName": name}, BACK_END)
    login_profile(console, name, 0)
    console.each("iam:ListAttachedGroupPolicies", "groupName", groups, at=1, agent=INTERNAL)
    console.each("iam:ListGroupPolicies", "groupName", groups, at=1, agent=INTERNAL)
    console.call("iam:ListPolicies", {"onlyAttached": False, "maxItems": 1000}, INTERNAL, 1)
    console.call("access-analyzer:ListPolicyGenerations", {"principalArn": world.user_arn(name)}, BACK_END, 1)
    console.each("iam:GetAccessKeyLastUsed", "accessKeyId", world.access_keys(name), at=1, agent=INTERNAL)


def credentials(console, name):
    """A user's Security credentials tab."""
    for call in ("ListAccessKeys", "ListSSHPublicKeys", "ListSigningCertificates"):
        console.call(f"iam:{call}", {"userName": name}, INTERNAL)
    for host in ("cassandra.amazonaws.com", "codecommit.amazonaws.com"):
        console.call("iam:ListServiceSpecificCredentials", {"userName": name, "serviceName": host}, INTERNAL)
    console.each("iam:GetAccessKeyLastUsed", "accessKeyId", world.access_keys(name), at=1)


def create_key(console, name, key):
    """The button Create access key."""
    made = {"userName": name, "accessKeyId": key, "status": "Active", "createDate": spelled(console.now)}
    console.call("iam:CreateAccessKey", {"userName": name}, INTERNAL, response={"accessKey": made})


def create_key_denied(console, name):
    """The same button for a user whose keys are guarded."""
    reason = f"on resource: user {name} with an explicit deny in an identity-based policy"
    console.denied("iam:CreateAccessKey", {"userName": name}, reason, agent=INTERNAL)


def groups(console):
    """IAM › User groups."""
    console.call("iam:ListGroups", {"maxItems": 1000}, INTERNAL)
    for at, call in enumerate(("GetGroup", "ListGroupPolicies", "ListAttachedGroupPolicies"), 1):
        console.each(f"iam:{call}", "groupName", world.GROUPS, at=at)


def roles(console):
    """IAM › Roles."""
    console.each("iam:GetRole", "roleName", world.ROLES, at=0)
    for _ in [role for role in world.ROLES if role.startswith("AWSServiceRole")]:
        console.call("iam:GetServiceLinkedRoleDeletionStatus", None, BACK_END, 1)
