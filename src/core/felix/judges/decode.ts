import { quote } from '../expectation.ts';
import type { Field } from '../fields.ts';
import { finding, inItems, within, type FelixFinding } from '../findings.ts';
import { formatDuration, parseDuration } from '../syntax/duration.ts';
import { parsePort } from '../syntax/port.ts';
import type { YamlMap, YamlValue } from '../yamlValue.ts';
import { replaceBy } from './server.ts';

/**
 * What the server stores and Calico's Go types cannot read back (FelixConfigurationSpec in
 * api/pkg/apis/projectcalico/v3/felixconfig.go). One such value makes the whole object unreadable.
 */
export function judgeByDecoding(field: Field, value: YamlValue): readonly FelixFinding[] {
  switch (field.type) {
    case 'duration':
      return durationFindings(value);
    case 'port range':
      return portFindings(value);
    case 'port range list':
      return value.kind === 'list' ? inItems(value.items, portFindings) : [];
    case 'integer or string':
      return integerFindings(value, 255n);
    case 'integer':
      return integerFindings(value, field.felix?.kind === 'mark-bitmask' ? 2n ** 32n - 1n : undefined);
    case 'list of objects':
      return value.kind === 'list'
        ? inItems(value.items, (item) => (item.kind === 'map' ? partFindings(item) : []))
        : [];
    case 'boolean':
    case 'enum':
    case 'string':
    case 'CIDR list':
    case 'string list':
    case 'object':
    case 'map of strings':
      return [];
  }
}

function partFindings(item: YamlMap): readonly FelixFinding[] {
  return item.entries.flatMap(({ key, value }) => {
    if (key === 'timeout') return durationFindings(value).map((inner) => within(key, inner));
    if (key === 'port') return integerFindings(value, 65535n).map((inner) => within(key, inner));
    return [];
  });
}

function durationFindings(value: YamlValue): readonly FelixFinding[] {
  if (value.kind !== 'string' || parseDuration(value.value) !== undefined) return [];
  const text = value.value;
  if (text === '')
    return [undecodable('duration', 'An empty text is not a duration; leave the key out instead.')];
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined)
    return [
      undecodable(
        'duration',
        `${quote(text)} is not a duration: the largest unit is h.`,
        `${Number(days) * 24}h`,
      ),
    ];
  const fix = /^\d+$/.test(text) ? formatDuration(Number(text) * 1e9) : undefined;
  return [undecodable('duration', `${quote(text)} is not a duration; write it as 90s, 1h30m or 500ms.`, fix)];
}

function portFindings(value: YamlValue): readonly FelixFinding[] {
  if (value.kind === 'int') return integerFindings(value, 65535n);
  if (value.kind !== 'string' || parsePort(value.value) !== undefined) return [];
  const range = /^(\d+):(\d+)$/.exec(value.value);
  if (range !== null && Number(range[1]) > Number(range[2]) && Number(range[1]) <= 65535) {
    const turned = `"${range[2]}:${range[1]}"`;
    return [undecodable('range', `The range ${quote(value.value)} runs backwards.`, turned)];
  }
  return [
    undecodable(
      'format',
      `${quote(value.value)} is not a port: write a number or a range such as "20000:29999".`,
    ),
  ];
}

function integerFindings(value: YamlValue, most: bigint | undefined): readonly FelixFinding[] {
  if (value.kind !== 'int' || most === undefined || (value.value >= 0n && value.value <= most)) return [];
  return [undecodable('range', `${value.value} is out of range: from 0 to ${most}.`)];
}

function undecodable(code: FelixFinding['code'], what: string, replacement?: string): FelixFinding {
  const message = `${what} The API server stores this, and then no part of Calico can read the object any more.`;
  return finding({
    code,
    verdict: 'undecodable',
    message,
    fix: replacement === undefined ? undefined : replaceBy(replacement),
  });
}
