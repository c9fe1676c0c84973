import { useTyped } from "../lib/hooks";

interface SearchProps {
  label: string;
  value: string;
  onSearch: (text: string) => void;
}

/** A field that searches while the user types. The `/` key focuses it. */
export function Search({ label, value, onSearch }: SearchProps) {
  const [typed, setTyped] = useTyped(value, onSearch);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === "ArrowDown") focusGrid(event);
    else if (event.key === "Escape" && typed === "") focusGrid(event);
    else if (event.key === "Escape") setTyped("");
  };
  return (
    <input
      type="search"
      class="search"
      data-search
      aria-label={label}
      placeholder={label}
      autoComplete="off"
      spellcheck={false}
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}

function focusGrid(event: KeyboardEvent) {
  const grid = document.querySelector<HTMLElement>("[data-grid]");
  if (!grid) return;
  event.preventDefault();
  grid.focus();
}
