// The shipped hunts: choose one and set its parameters.

import type { Hunt, HuntParam } from "../api/types";
import { grouped } from "../lib/group";
import { useTyped } from "../lib/hooks";
import { visible } from "../lib/text";
import { shownDefault } from "./statement";

interface PickerProps {
  hunts: readonly Hunt[];
  id: string | null;
  onPick: (id: string | null) => void;
}

const byTactic = (hunts: readonly Hunt[]) => grouped(hunts, (hunt) => hunt.tactic);

export function HuntPicker({ hunts, id, onPick }: PickerProps) {
  return (
    <label class="field hunt-field">
      Hunt{" "}
      <select value={id ?? ""} onChange={(event) => onPick(event.currentTarget.value || null)}>
        <option value="">Your own SQL</option>
        {[...byTactic(hunts)].map(([tactic, some]) => (
          <optgroup key={tactic} label={visible(tactic)}>
            {some.map((hunt) => (
              <option key={hunt.id} value={hunt.id}>
                {visible(hunt.title)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

interface AboutProps {
  hunt: Hunt;
  given: Readonly<Record<string, string>>;
  onSet: (name: string, value: string) => void;
}

export function AboutHunt({ hunt, given, onSet }: AboutProps) {
  return (
    <div class="hunt">
      <dl class="facts">
        <dt>A hit means</dt>
        <dd>{visible(hunt.hit)}</dd>
        <dt>False positives</dt>
        <dd>{visible(hunt.false_positives)}</dd>
        {hunt.techniques.length > 0 && (
          <>
            <dt>ATT&CK</dt>
            <dd class="mono">{hunt.techniques.map(visible).join(", ")}</dd>
          </>
        )}
      </dl>
      {hunt.params.length > 0 && (
        <div class="params">
          {hunt.params.map((param) => (
            <Param key={param.name} param={param} given={given[param.name]} onSet={onSet} />
          ))}
        </div>
      )}
    </div>
  );
}

interface ParamProps {
  param: HuntParam;
  given: string | undefined;
  onSet: (name: string, value: string) => void;
}

function Param({ param, given, onSet }: ParamProps) {
  const [typed, setTyped] = useTyped(given ?? shownDefault(param), (value) => onSet(param.name, value));
  return (
    <label class="param">
      <span class="mono">{visible(param.name)}</span>
      <input type="text" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
      <small>{visible(param.meaning)}</small>
    </label>
  );
}
