import type { EvidencePlace, Finding } from './finding.ts';

/**
 * Where what a finding is about can be looked at: its object, for an interface the dump that lists it, and for a key
 * the FelixConfiguration that says it, else the default one.
 */
export function placeOfSubject({ subject, evidence, nodes }: Finding): EvidencePlace {
  const { kind, name, namespace } = subject;
  switch (kind) {
    case 'node':
    case 'pod':
    case 'service':
      return { kind: 'object', resource: `${kind}s`, namespace, name };
    case 'interface':
      return { kind: 'probe', node: subject.node ?? nodes[0] ?? '', probe: 'ifstate.dump', line: undefined };
    case 'key': {
      const said = evidence.find(({ at }) => at.kind === 'object' && isConfiguration(at.resource));
      return (
        said?.at ?? {
          kind: 'object',
          resource: 'felixconfigurations.projectcalico.org',
          namespace: undefined,
          name: 'default',
        }
      );
    }
  }
}

/** Whether a resource is the one that keys stand in. */
export function isConfiguration(resource: string): boolean {
  return resource.startsWith('felixconfigurations');
}
