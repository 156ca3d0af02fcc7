/** What a key does, and what each of its values does. */
export interface FieldProse {
  /** One or two sentences; the first says what it is. */
  readonly text: string;
  readonly values?: Readonly<Record<string, string>>;
}

export const fieldProse: Readonly<Record<string, FieldProse>> = {};
