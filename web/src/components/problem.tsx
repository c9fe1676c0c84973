import { ApiError } from "../api/client";
import { visibleLines } from "../lib/text";

/** What went wrong, and what to do. */
export function Problem({ error, again }: { error: unknown; again?: () => void }) {
  const text = error instanceof Error ? error.message : String(error);
  return (
    <div class="problem" role="alert">
      <p class="problem-text">{visibleLines(text)}</p>
      {error instanceof ApiError && error.advice && <p>{visibleLines(error.advice)}</p>}
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}
