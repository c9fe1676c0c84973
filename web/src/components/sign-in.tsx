// What a tab shows if it has no token, or an old one because the server was restarted.

import { useEffect, useState } from "preact/hooks";
import { onSignedOut } from "../api/client";
import { enterToken, onToken } from "../api/token";

const reload = () => location.reload();

/** Whether the server does not know the token. When another tab signs in, this one signs in as well. */
export function useSignedOut(): boolean {
  const [isOut, signOut] = useState(false);
  useEffect(() => onSignedOut(() => signOut(true)), []);
  useEffect(() => (isOut ? onToken(reload) : undefined), [isOut]);
  return isOut;
}

/** Asks for the address that `serve` printed. */
export function SignIn() {
  const [isWrong, fail] = useState(false);
  return (
    <form
      class="sign-in"
      aria-label="Sign in"
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem("address");
        if (field instanceof HTMLInputElement && enterToken(field.value)) reload();
        else fail(true);
      }}
    >
      <p>
        This tab is not signed in. Open the address that <code>cartographer serve</code> printed, or paste it here. The
        token in it changes every time the server starts, unless you use <code>--token-file</code>.
      </p>
      <p>
        <input
          name="address"
          type="text"
          aria-label="Address with the token"
          placeholder="http://127.0.0.1:…/#token=…"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={isWrong}
        />{" "}
        <button type="submit" class="primary">
          Sign in
        </button>
      </p>
      {isWrong && (
        <p class="warn" role="alert">
          This address does not contain a token. It must end with #token= followed by 64 digits and letters.
        </p>
      )}
    </form>
  );
}
