import type { Field } from './fields.ts';
import type { FelixFinding } from './findings.ts';
import type { CalicoVersion } from './versions.ts';

/** The key that a `FELIX_…` environment variable sets; case does not matter (felix/config/env_var_loader.go). */
export function fieldOfVariable(name: string): Field | undefined {
  return name === '' ? undefined : undefined;
}

/** The usual spelling of a key's environment variable: `FELIX_BPFENABLED`. */
export function variableOf(field: Field): string | undefined {
  return field.parameter === undefined ? undefined : `FELIX_${field.parameter.toUpperCase()}`;
}

/** Judges an environment variable of a calico-node container, whose syntax is not that of YAML. */
export function judgeEnvironment(
  name: string,
  value: string,
  version: CalicoVersion,
): readonly FelixFinding[] {
  return name === value && version.major === 0 ? [] : [];
}
