// Credentials as trees: who created each credential, and who used it. Pure.

import type { ActorLink } from "../api/types";
import { grouped } from "../lib/group";

export interface Node {
  session: string;
  name: string;
  links: Edge[];
}

export interface Edge {
  link: ActorLink;
  /** How many more credentials lead to the same session. */
  more: number;
  to: Node;
}

const DEEPEST = 8;

/** The trees that the links form. Each session occurs once. */
export function treesOf(links: readonly ActorLink[]): Node[] {
  const users = new Set(links.map((link) => link.session_id));
  const names = new Map(
    links.flatMap((link) => [[link.session_id, link.user] as const, [link.maker_session_id, link.maker] as const]),
  );
  const placed = new Set<string>();
  const grow = (session: string, depth: number): Node => {
    placed.add(session);
    const own = grouped(
      links.filter((link) => link.maker_session_id === session),
      (link) => link.session_id,
    );
    const edges = [...own].flatMap(([to, same]): Edge[] => {
      const [link] = same;
      if (!link || placed.has(to) || depth >= DEEPEST) return [];
      return [{ link, more: same.length - 1, to: grow(to, depth + 1) }];
    });
    return { session, name: names.get(session) ?? "unknown", links: edges };
  };
  const makers = [...new Set(links.map((link) => link.maker_session_id))];
  return makers.filter((session) => !users.has(session)).map((session) => grow(session, 0));
}
