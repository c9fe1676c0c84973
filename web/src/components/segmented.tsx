interface SegmentedProps<Value extends string> {
  label: string;
  name: string;
  value: Value;
  choices: readonly (readonly [Value, string])[];
  onChoose: (value: Value) => void;
}

/** A choice of a few options, all of them visible. */
export function Segmented<Value extends string>({ label, name, value, choices, onChoose }: SegmentedProps<Value>) {
  return (
    <fieldset class="segmented">
      <legend class="visually-hidden">{label}</legend>
      {choices.map(([choice, title]) => (
        <label key={choice} class={choice === value ? "chosen" : ""}>
          <input type="radio" name={name} checked={choice === value} onChange={() => onChoose(choice)} />
          {title}
        </label>
      ))}
    </fieldset>
  );
}
