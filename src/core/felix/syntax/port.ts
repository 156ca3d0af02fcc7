/**
 * A port of Calico's API (api/pkg/lib/numorstring/port.go): a number, `min:max`, or the name of a port, which
 * nearly any other word is.
 */
export type Port =
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'name'; readonly name: string };

export function parsePort(text: string): Port | undefined {
  const range = /^(\d+)(?::(\d+))?$/.exec(text);
  if (range === null) return /^[a-zA-Z0-9_.-]{1,128}$/.test(text) ? { kind: 'name', name: text } : undefined;
  const min = Number(range[1]);
  const max = Number(range[2] ?? range[1]);
  return min > max || max > 65535 ? undefined : { kind: 'range', min, max };
}

/** Whether a port's name is one that Kubernetes takes too (RFC 6335: letters, digits and dashes, a letter among them). */
export function isPortName(name: string): boolean {
  return /^(?=.*[a-z])[a-z0-9](?:-?[a-z0-9])*$/.test(name) && name.length <= 15;
}
