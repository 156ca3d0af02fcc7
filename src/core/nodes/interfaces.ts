/** One network interface of a node as Calico's BPF programs know it. */
export interface InterfaceFacts {
  readonly name: string;
  readonly index: number;
  readonly kind: 'workload' | 'host' | 'tunnel' | 'unmanaged';
  /** Whether its programs are in place, by ifstate; per family where the version tells. */
  readonly ready: boolean;
  /** The flags of ifstate, as printed. */
  readonly flags: readonly string[];
  /** The pod behind a workload interface, if it is known. */
  readonly pod: { readonly namespace: string; readonly name: string } | undefined;
}
