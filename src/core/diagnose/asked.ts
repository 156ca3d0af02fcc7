/** A pod or a Service that somebody asks about. */
export interface Asked {
  readonly kind: 'service' | 'pod';
  readonly namespace: string;
  readonly name: string;
}

/** `service shop/cart` */
export function spellAsked({ kind, namespace, name }: Asked): string {
  return `${kind} ${namespace}/${name}`;
}

/** Reads `shop/cart`; `undefined` where it is no name. */
export function parseAsked(kind: Asked['kind'], text: string): Asked | undefined {
  const [, namespace, name] = /^([^/\s]+)\/([^/\s]+)$/.exec(text.trim()) ?? [];
  return namespace === undefined || name === undefined ? undefined : { kind, namespace, name };
}
