// A read-only SQL console that includes the shipped hunts.

import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api/client";
import type { Hunt, SqlAnswer } from "../api/types";
import { Problem } from "../components/problem";
import { useAsked } from "../lib/hooks";
import { go, type Place } from "../lib/router";
import { completed, type SchemaColumn, suggestions } from "../sql/completion";
import { AboutHunt, HuntPicker } from "../sql/hunts";
import { Result } from "../sql/result";
import { History, remember, SavedQueries, Schema, useSchema } from "../sql/side";
import { statement } from "../sql/statement";

const MOST_ROWS = 10_000;
/** Longer statements would make addresses that servers reject, so they are not kept in the address. */
const MOST_IN_ADDRESS = 4000;
const FIRST = `-- Who created or deleted something, or read a secret?
SELECT first_time, principal, title, summary, session_id, signal_id
FROM signals
WHERE severity >= 7
ORDER BY first_time;`;

const PARAM = "set.";

function givenIn(params: URLSearchParams): Record<string, string> {
  const pairs = [...params].filter(([key]) => key.startsWith(PARAM));
  return Object.fromEntries(pairs.map(([key, value]) => [key.slice(PARAM.length), value]));
}

function write(hunt: string | null, given: Record<string, string>, sql: string | null): URLSearchParams {
  const params = new URLSearchParams();
  if (hunt) params.set("hunt", hunt);
  for (const [name, value] of Object.entries(given)) params.set(PARAM + name, value);
  if (sql !== null && sql.length <= MOST_IN_ADDRESS) params.set("sql", sql);
  return params;
}

interface Running {
  answer: SqlAnswer | undefined;
  error: unknown;
  abort: AbortController | undefined;
}

const IDLE: Running = { answer: undefined, error: undefined, abort: undefined };

/** Runs one statement at a time. Starting another one, or leaving the view, stops the current one. */
function useRun() {
  const [state, set] = useState<Running>(IDLE);
  const current = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => current.current?.abort(), []);
  const run = (sql: string) => {
    current.current?.abort();
    const abort = new AbortController();
    current.current = abort;
    set((last) => ({ ...last, abort }));
    api.sql(sql, MOST_ROWS, abort.signal).then(
      (answer) => abort.signal.aborted || set({ answer, error: undefined, abort: undefined }),
      (error: unknown) => abort.signal.aborted || set({ answer: undefined, error, abort: undefined }),
    );
  };
  const stop = () => {
    current.current?.abort();
    set(IDLE);
  };
  return { ...state, run, stop };
}

export function Sql({ place }: { place: Place }) {
  const hunts = useAsked("hunts", (signal) => api.hunts(signal));
  if (hunts.error) return <Problem error={hunts.error} again={hunts.again} />;
  if (!hunts.data) return <p class="waiting">Loading the hunts …</p>;
  return <Console hunts={hunts.data} place={place} />;
}

/** The text in the editor, what the address requests, and ways to request something else. */
function useConsole(hunts: readonly Hunt[], params: URLSearchParams) {
  const hunt = hunts.find((each) => each.id === params.get("hunt"));
  const given = givenIn(params);
  const asked = params.get("sql") ?? (hunt ? statement(hunt, given) : null);
  const [text, setText] = useState(asked ?? FIRST);
  const running = useRun();
  // A link reproduces its result. The case is read-only, and the server stops queries that take too long.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked for decides
  useEffect(() => {
    if (asked === null) return;
    setText(asked);
    running.run(asked);
  }, [asked]);
  const pick = (id: string | null) => go("/sql", write(id, {}, null));
  const setParam = (name: string, value: string) => {
    if (hunt) go("/sql", write(hunt.id, { ...given, [name]: value }, null), true);
  };
  const submit = () => {
    remember(text);
    const own = hunt && text === statement(hunt, given) ? null : text;
    if (own !== null) go("/sql", write(hunt?.id ?? null, given, own), params.get("sql") === null);
    if (own === null || own === asked || own.length > MOST_IN_ADDRESS) running.run(text);
  };
  return { hunt, given, text, setText, running, pick, setParam, submit };
}

function Console({ hunts, place }: { hunts: readonly Hunt[]; place: Place }) {
  const schema = useSchema();
  const { hunt, given, text, setText, running, pick, setParam, submit } = useConsole(hunts, place.params);
  return (
    <div class="view view-sql">
      <h1 class="visually-hidden">SQL</h1>
      <div class="editor">
        <div class="bar">
          <HuntPicker hunts={hunts} id={hunt?.id ?? null} onPick={pick} />
          <button type="button" class="primary" onClick={submit}>
            Run
          </button>
          {running.abort && (
            <button type="button" onClick={running.stop}>
              Stop
            </button>
          )}
          <History onPick={setText} round={text.length} />
          <SavedQueries onPick={setText} sql={text} />
          <span class="hint">Ctrl + Enter to run · Ctrl + Space to complete · read-only</span>
        </div>
        {hunt && <AboutHunt key={hunt.id} hunt={hunt} given={given} onSet={setParam} />}
        <Editor text={text} schema={schema} onText={setText} onSubmit={submit} />
        <Schema schema={schema} onPick={setText} />
      </div>
      {running.abort && <p class="waiting">Running …</p>}
      {running.error !== undefined && <Problem error={running.error} />}
      {running.answer && <Result answer={running.answer} />}
    </div>
  );
}

interface EditorProps {
  text: string;
  schema: readonly SchemaColumn[];
  onText: (text: string) => void;
  onSubmit: () => void;
}

const [FEWEST_LINES, MOST_LINES] = [5, 12];

function Editor({ text, schema, onText, onSubmit }: EditorProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  const names = suggestions(text, caret, schema);
  const complete = (name: string | undefined) => {
    if (!name || !field.current) return;
    const next = completed(text, caret, name);
    onText(next.text);
    setCaret(next.caret);
    field.current.focus();
    const { current } = field;
    requestAnimationFrame(() => current.setSelectionRange(next.caret, next.caret));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chord = event.ctrlKey || event.metaKey;
    if (chord && event.key === "Enter") onSubmit();
    else if (chord && event.code === "Space") complete(names[0]);
    else return;
    event.preventDefault();
  };
  const look = (event: { currentTarget: HTMLTextAreaElement }) => setCaret(event.currentTarget.selectionStart);
  return (
    <>
      <textarea
        ref={field}
        class="sql-text"
        data-search
        aria-label="SQL"
        spellcheck={false}
        autoCapitalize="off"
        value={text}
        rows={Math.min(Math.max(text.split("\n").length, FEWEST_LINES), MOST_LINES)}
        onInput={(event) => {
          onText(event.currentTarget.value);
          look(event);
        }}
        onClick={look}
        onKeyUp={look}
        onKeyDown={onKeyDown}
      />
      <fieldset class="suggestions">
        <legend class="visually-hidden">Completions</legend>
        {names.map((name) => (
          <button key={name} type="button" class="small mono" onClick={() => complete(name)}>
            {name}
          </button>
        ))}
      </fieldset>
    </>
  );
}
