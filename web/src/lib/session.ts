import type { SessionRow } from "../api/types";
import { visible } from "./text";

const IDENTITIES: Record<string, string> = {
  Root: "root",
  IAMUser: "IAM user",
  AssumedRole: "role",
  FederatedUser: "federated user",
  SAMLUser: "SAML user",
  WebIdentityUser: "web identity",
  IdentityCenterUser: "Identity Center",
  AWSService: "AWS service",
  AWSAccount: "another account",
};

const SSO = /^AWSReservedSSO_(.+)_[0-9a-f]{16}\/(.+)$/su;

/** A principal. For SSO, the person comes first: `tomas (SSO PowerUserAccess)`. User and role names contain no spaces. */
export const shortPrincipal = (name: string): string => name.replace(SSO, "$2 (SSO $1)");

/** A principal without the name of its role session, which programs usually generate. */
export const shortRole = (name: string): string => shortPrincipal(name).split("/")[0] ?? name;

type Known = Pick<SessionRow, "identity_type" | "principal" | "mfa" | "console">;

/** How an identity signed in, in words: `IAM user, no MFA`. For programs, the lack of a second factor means nothing. */
export function signedIn({ identity_type, principal, mfa, console }: Known): string {
  const type = identity_type ?? "unknown";
  const how = principal?.startsWith("AWSReservedSSO_") ? "SSO role" : (IDENTITIES[type] ?? visible(type));
  return mfa === null || !(console || mfa) ? how : `${how}, ${mfa ? "MFA" : "no MFA"}`;
}
