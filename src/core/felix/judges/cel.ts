import { quote } from '../expectation.ts';
import { finding, inItems, type FelixFinding } from '../findings.ts';
import { addressVersion } from '../syntax/network.ts';
import { compareVersions, nextVersion } from '../versions.ts';
import { entryOf, type YamlMap, type YamlValue } from '../yamlValue.ts';
import type { Judged } from './server.ts';

/** The rules in CEL that the CRD has beside its schema, from v3.33 (`x-kubernetes-validations`). */
export function judgeByCelRules(value: YamlValue, { field, version }: Judged): readonly FelixFinding[] {
  if (compareVersions(version, nextVersion) < 0) return [];
  switch (field.name) {
    case 'natOutgoingAddress':
    case 'deviceRouteSourceAddress':
      return addressFindings(value, 4);
    case 'deviceRouteSourceAddressIPv6':
      return addressFindings(value, 6);
    case 'routeTableRange':
      return value.kind === 'map' ? rangeFindings(value, 250n) : [];
    case 'routeTableRanges':
      return value.kind === 'list'
        ? inItems(value.items, (item) => (item.kind === 'map' ? rangeFindings(item, undefined) : []))
        : [];
    default:
      return [];
  }
}

function addressFindings(value: YamlValue, version: 4 | 6): readonly FelixFinding[] {
  if (value.kind !== 'string' || value.value === '') return [];
  // To CEL an IPv4 address that IPv6 wraps is no address at all.
  const isWrapped = version === 4 && value.value.includes(':');
  if (addressVersion(value.value) === version && !isWrapped) return [];
  return [
    refused('format', `${quote(value.value)} is not an IPv${version} address; the API server refuses it.`),
  ];
}

function rangeFindings(range: YamlMap, most: bigint | undefined): readonly FelixFinding[] {
  const min = entryOf(range, 'min');
  const max = entryOf(range, 'max');
  if (min?.kind !== 'int' || max?.kind !== 'int') return [];
  if (min.value > max.value)
    return [refused('range', `The range ${min.value} to ${max.value} runs backwards.`)];
  if (min.value >= 1n && (most === undefined || max.value <= most)) return [];
  return [refused('range', `Routing tables go from 1${most === undefined ? '' : ` to ${most}`} here.`)];
}

function refused(code: FelixFinding['code'], message: string): FelixFinding {
  return finding({ code, verdict: 'refused', message });
}
