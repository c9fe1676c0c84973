// Listeners of something that changes.

export interface Listeners<Args extends unknown[]> {
  /** Calls the listener from now on. Returns how to stop that. */
  add: (listener: (...args: Args) => void) => () => void;
  tell: (...args: Args) => void;
  clear: () => void;
}

export function listeners<Args extends unknown[] = []>(): Listeners<Args> {
  const all = new Set<(...args: Args) => void>();
  return {
    add(listener) {
      all.add(listener);
      return () => void all.delete(listener);
    },
    tell(...args) {
      for (const listener of all) listener(...args);
    },
    clear: () => all.clear(),
  };
}
