import { useEffect, useState } from "preact/hooks";
import { onAnnounced } from "../lib/announce";

const STAYS = 4000;

/** Announces what the page has just done, on the screen and to screen readers. */
export function Announcer() {
  const [said, set] = useState({ text: "", round: 0 });
  useEffect(() => onAnnounced((text) => set((last) => ({ text, round: last.round + 1 }))), []);
  useEffect(() => {
    if (!said.text) return;
    const timer = setTimeout(() => set((last) => ({ ...last, text: "" })), STAYS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div class={`announcer ${said.text ? "speaks" : ""}`} role="status">
      {said.text}
    </div>
  );
}
