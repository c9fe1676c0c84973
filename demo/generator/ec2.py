"""What the console requests for EC2 pages."""

from . import world
from .console import INTERNAL
from .record import spelled


def dashboard(console):
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
        "DescribeSnapshots": everything
        | {"ownersSet": {"items": [{"owner": world.PROD}]}, "sharedUsersSet": {}, "snapshotSet": {}},
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
    issues = {
        "regions": [world.REGION, "global"],
        "services": ["EC2", "MULTIPLE_SERVICES"],
        "eventStatusCodes": ["open"],
        "eventTypeCategories": ["issue"],
        "lastUpdatedTimes": since,
    }
    console.call("health:DescribeEvents", {"filter": issues, "maxResults": 100}, at=1)
    console.on_behalf("health:DescribeEvents", {"filter": issues, "maxResults": 100}, "health.amazonaws.com", at=1)
    for state in ("ALARM", "INSUFFICIENT_DATA", "OK"):
        console.call("monitoring:DescribeAlarms", {"maxRecords": 100, "stateValue": state}, at=1)


def instances(console):
    """EC2 › Instances."""
    these = {"items": [{"instanceId": name} for name in world.INSTANCES]}
    filtered = {
        "items": [{"name": "instance-id", "valueSet": {"items": [{"value": name} for name in world.INSTANCES]}}]
    }
    kinds = {"items": [{"name": "resource-type", "valueSet": {"items": [{"value": "instance"}]}}]}
    console.call("ec2:DescribeAccountAttributes", {"accountAttributeNameSet": {}, "filterSet": {}}, INTERNAL)
    console.call("ec2:DescribeInstances", {"filterSet": {}, "instancesSet": {}, "maxResults": 1000}, INTERNAL)
    console.call("ec2:DescribeInstanceTypes", {"DescribeInstanceTypesRequest": {"MaxResults": 100}}, INTERNAL)
    console.call("ec2:DescribeTags", {"filterSet": kinds, "maxResults": 200}, INTERNAL)
    for _ in range(4):
        more = {"MaxResults": 100, "NextToken": console.book.ids.word(48)}
        console.call("ec2:DescribeInstanceTypes", {"DescribeInstanceTypesRequest": more}, INTERNAL, 1)
    console.call(
        "ec2:DescribeInstanceStatus",
        {"filterSet": {}, "includeAllInstances": False, "instancesSet": these},
        INTERNAL,
        1,
    )
    console.call(
        "ec2:DescribeAddresses", {"allocationIdsSet": {}, "filterSet": filtered, "publicIpsSet": {}}, INTERNAL, 1
    )


def instance(console, name):
    """One instance's Details tab."""
    one = {"items": [{"instanceId": name}]}
    by = {"items": [{"value": name}]}
    console.call("ec2:DescribeInstances", {"filterSet": {}, "instancesSet": one}, INTERNAL)
    console.call(
        "ec2:DescribeInstanceStatus", {"filterSet": {}, "includeAllInstances": False, "instancesSet": one}, INTERNAL
    )
    for attribute in ("disableApiStop", "disableApiTermination"):
        console.call("ec2:DescribeInstanceAttribute", {"instanceId": name, "attribute": attribute}, INTERNAL)
    console.call(
        "ec2:DescribeInstanceCreditSpecifications",
        {"DescribeInstanceCreditSpecificationsRequest": {"InstanceId": {"content": name, "tag": 1}}},
        INTERNAL,
    )
    console.call(
        "ec2:DescribeAddresses",
        {"allocationIdsSet": {}, "publicIpsSet": {}, "filterSet": {"items": [{"name": "instance-id", "valueSet": by}]}},
        INTERNAL,
    )
    console.call(
        "ec2:DescribeNetworkInterfaces",
        {"networkInterfaceIdSet": {}, "filterSet": {"items": [{"name": "attachment.instance-id", "valueSet": by}]}},
        INTERNAL,
    )
    console.call(
        "ec2:DescribeImages",
        {"executableBySet": {}, "filterSet": {}, "ownersSet": {}, "imagesSet": {"items": [{"imageId": world.IMAGE}]}},
        INTERNAL,
    )
    console.call("ssm:DescribeInstanceInformation", {"filters": [{"key": "InstanceIds", "values": [name]}]}, INTERNAL)
    console.call("compute-optimizer:GetEnrollmentStatus", None, INTERNAL)
    console.call("iam:GetInstanceProfile", {"instanceProfileName": "web-tier"}, INTERNAL)
