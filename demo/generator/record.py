"""Full CloudTrail records, with every id drawn from a seeded source: the same seed gives the same bytes."""

import datetime as dt
import random
import string
import uuid

from .world import REGION

READING = (
    "Get",
    "List",
    "Describe",
    "Lookup",
    "Head",
    "BatchGet",
    "BatchCheck",
    "Assume",
    "Decrypt",
    "GenerateDataKey",
)
# Calls of these services are written to us-east-1, wherever the person's console is.
GLOBAL = {"iam", "sts", "ce", "organizations", "health", "support", "signin", "cost-optimization-hub"}


def stamp(moment):
    """A time as CloudTrail writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def spelled(moment):
    """A time as it appears in requests and responses: `Mar 11, 2026, 7:41:08 PM`."""
    clock = f"{moment.hour % 12 or 12}:{moment:%M:%S} {'AM' if moment.hour < 12 else 'PM'}"
    return f"{moment:%b} {moment.day}, {moment.year}, {clock}"


class Ids:
    """IDs that look like AWS's but are obviously not real."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def uuid(self):
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def word(self, length, letters=string.ascii_uppercase + "234567"):
        return "".join(self.random.choice(letters) for _ in range(length))

    def temporary_key(self):
        return "ASIAEXAMPLE" + self.word(9)

    def request(self, service):
        return self.word(16, string.ascii_uppercase + string.digits) if service == "s3" else self.uuid()


class Book:
    """The records of the day, in the order they were written."""

    def __init__(self, seed):
        self.ids = Ids(seed)
        self.random = self.ids.random
        self.records = []
        # (time, page, calls written) of the clicks that open pages: for counting, not for the trail.
        self.clicks = []

    def add(self, when, call, who, ip, agent, params=None, **rest):
        """Writes one call. `rest` is what a few have: region, response, error, tls, flag, resources, data, extra …"""
        service, name = call.split(":")
        region = rest.get("region") or ("us-east-1" if service in GLOBAL else REGION)
        record = {
            "eventVersion": rest.get("version", "1.11"),
            "userIdentity": who,
            "eventTime": stamp(when),
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "awsRegion": region,
            "sourceIPAddress": ip,
            "userAgent": agent,
        }
        record.update(outcome(rest))
        record["requestParameters"] = params
        record["responseElements"] = rest.get("response")
        if rest.get("extra"):
            record["additionalEventData"] = rest["extra"]
        record.update(self.tail(service, name, region, who, rest))
        self.records.append(record)

    def tail(self, service, name, region, who, rest):
        """The members that follow the call itself: IDs, class, account, transport."""
        data = bool(rest.get("data"))
        # A sign-in is not a request.
        tail = {} if service == "signin" else {"requestID": self.ids.request(service)}
        tail |= {
            "eventID": self.ids.uuid(),
            "readOnly": name.startswith(READING) and name != "GetSigninToken",
        }
        if rest.get("resources"):
            tail["resources"] = rest["resources"]
        tail |= {
            "eventType": rest.get("kind", "AwsApiCall"),
            "managementEvent": not data,
            "recipientAccountId": rest.get("account") or who["accountId"],
            "eventCategory": "Data" if data else "Management",
        }
        if rest.get("tls"):
            tail["tlsDetails"] = {
                "tlsVersion": "TLSv1.3",
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": rest.get("host") or f"{service}.{region}.amazonaws.com",
            }
        if rest.get("flag"):
            tail["sessionCredentialFromConsole"] = "true"
        return tail


def outcome(rest):
    """The members that only a failed call has."""
    members = {"errorCode": rest.get("error"), "errorMessage": rest.get("message")}
    return {name: value for name, value in members.items() if value}


def delivered(records, seed):
    """CloudTrail's order: by time, though a call may be written some places early or late."""
    shuffle = random.Random(seed)
    parse = dt.datetime.strptime
    late = [(parse(r["eventTime"], "%Y-%m-%dT%H:%M:%SZ"), i, r) for i, r in enumerate(records)]
    return [r for _, _, r in sorted((t + dt.timedelta(seconds=shuffle.randint(0, 40)), i, r) for t, i, r in late)]
