import { existsIn, fields, type Field } from '../fields.ts';
import type { FelixFinding } from '../findings.ts';
import { about, isBpfOn, isSet, settingOf, valueOf, type Configuration, type Rule } from './configuration.ts';

/** Keys of one dataplane while another is chosen. */
export const modeRules: readonly Rule[] = [switchedOnInVain, notReadInBpf, bpfSwitchedOff];

/** What is switched on in so many words, and what BPF mode does not do. */
const inVain: Readonly<Record<string, string>> = {
  xdpEnabled: 'true',
  genericXDPEnabled: 'true',
  sidecarAccelerationEnabled: 'true',
  floatingIPs: 'enabled',
};

function switchedOnInVain(configuration: Configuration): readonly FelixFinding[] {
  if (!isBpfOn(configuration)) return [];
  return Object.entries(inVain)
    .filter(([key, value]) => isSet(configuration, key) && settingOf(configuration, key) === value)
    .map(([key]) => about(key, 'no-effect', 'ignored', `${key} has no effect in BPF mode.`, { at: 'key' }));
}

function notReadInBpf(configuration: Configuration): readonly FelixFinding[] {
  if (!isBpfOn(configuration)) return [];
  return setFields(configuration)
    .filter(
      ({ name, dataplanes }) =>
        !dataplanes.includes('bpf') && !dataplanes.includes('windows') && !(name in inVain),
    )
    .map(({ name, dataplanes }) => {
      const readers = dataplanes.join(' and ');
      return about(
        name,
        'no-effect',
        'advice',
        `Only the ${readers} dataplane reads ${name}; BPF mode does not.`,
        { at: 'key' },
      );
    });
}

function bpfSwitchedOff(configuration: Configuration): readonly FelixFinding[] {
  const bpf = valueOf(configuration, 'bpfEnabled');
  if (bpf?.kind !== 'bool' || bpf.value) return [];
  return setFields(configuration)
    .filter(({ name, exclusiveTo }) => exclusiveTo === 'bpf' && name !== 'bpfEnabled')
    .map(({ name }) =>
      about(name, 'no-effect', 'advice', `${name} waits for BPF mode, and bpfEnabled is false.`, {
        at: 'key',
      }),
    );
}

function setFields({ values, version }: Configuration): readonly Field[] {
  return [...values.keys()].flatMap((key) => {
    const field = fields.get(key);
    return field !== undefined && existsIn(field, version) ? [field] : [];
  });
}
