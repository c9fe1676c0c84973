// Who created which credential, and who used it: the chain of an actor as a tree of sessions.

import type { ActorLink } from "../api/types";
import { Pivot } from "../components/pivot";
import { counted } from "../lib/format";
import { follow } from "../lib/router";
import { shortPrincipal } from "../lib/session";
import { evidenceHref } from "../lib/story";
import { shortened, visible } from "../lib/text";
import { type Edge, type Node, treesOf } from "./tree";

const FEW = 3;

export function Graph({ links, session }: { links: readonly ActorLink[]; session: string }) {
  const trees = treesOf(links);
  if (trees.length === 0) return null;
  const tree = (
    <ul class="tree" aria-label="Who created which credential, and who used it">
      {trees.map((each) => (
        <li key={each.session}>
          <Branch node={each} session={session} />
        </li>
      ))}
    </ul>
  );
  if (links.length <= FEW) return tree;
  return (
    <details class="graph">
      <summary>{`Who created which credential, and who used it (${counted(links.length, "link")})`}</summary>
      {tree}
    </details>
  );
}

const Branch = ({ node, session }: { node: Node; session: string }) => {
  const [only] = node.links;
  return (
    <>
      <span class={`tree-node ${node.session === session ? "tree-own" : ""}`}>
        <Pivot of="session" value={node.session} text={shortPrincipal(node.name)} tabs />
      </span>
      {only && node.links.length === 1 && (
        <>
          {" "}
          <Link edge={only} /> <Branch node={only.to} session={session} />
        </>
      )}
      {node.links.length > 1 && (
        <ul class="tree">
          {node.links.map((edge) => (
            <li key={edge.to.session}>
              <Link edge={edge} /> <Branch node={edge.to} session={session} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
};

/** The credential, and the number of events with it. */
const Link = ({ edge: { link, more } }: { edge: Edge }) => (
  <span class="tree-link">
    —{" "}
    <a class="tree-edge" href={evidenceHref(link.maker_session_id, link.event_id)} onClick={follow}>
      {visible(shortened(`${link.method} ${link.credential}`, 80))}
    </a>{" "}
    <span class="muted">
      {`${counted(link.uses, "event")}${more > 0 ? `, ${counted(more, "more credential")}` : ""}`}
    </span>{" "}
    →
  </span>
);
