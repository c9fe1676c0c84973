// Records that a test makes up.

/** Makes calls in one person's console session, each a minute after the previous one. */
export function sessionOf(userName) {
  let made = 0;
  return (service, eventName, requestParameters, readOnly = false) => {
    made += 1;
    return {
      eventVersion: "1.11",
      eventID: `00000000-0000-4000-8000-${String(made).padStart(12, "0")}`,
      eventTime: `2026-03-11T10:${String(made).padStart(2, "0")}:00Z`,
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion: "eu-west-1",
      sourceIPAddress: "203.0.113.9",
      userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/148.0",
      eventType: "AwsApiCall",
      eventCategory: "Management",
      managementEvent: true,
      readOnly,
      recipientAccountId: "111122223333",
      sessionCredentialFromConsole: "true",
      userIdentity: {
        type: "IAMUser",
        principalId: "AIDAEXAMPLE",
        arn: `arn:aws:iam::111122223333:user/${userName}`,
        accountId: "111122223333",
        accessKeyId: "ASIAEXAMPLE",
        userName,
        sessionContext: { attributes: { creationDate: "2026-03-11T10:00:00Z", mfaAuthenticated: "false" } },
      },
      requestParameters,
      responseElements: null,
    };
  };
}
