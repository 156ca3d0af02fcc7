import { oneOf, quote } from '../expectation.ts';
import { validatorIn, type FieldValidator } from '../fields.ts';
import { finding, inItems, within, type FelixFinding } from '../findings.ts';
import { goRegexpError } from '../syntax/goRegexp.ts';
import { addressVersion, cidrVersion, isDnsLabel } from '../syntax/network.ts';
import { parseDuration } from '../syntax/duration.ts';
import { isPortName, parsePort } from '../syntax/port.ts';
import { changeInForce } from '../versions.ts';
import { entryOf, type YamlMap, type YamlScalar, type YamlValue } from '../yamlValue.ts';
import { isInterfaceFilter } from './parameter.ts';
import { replaceBy, safe, type Judged } from './server.ts';

/**
 * What works when it is written with kubectl to the CRD, and what calicoctl and the Calico API server refuse: the
 * validator in libcalico-go/lib/validator/v3/validator.go.
 */
export function judgeByValidator(value: YamlValue, judged: Judged): readonly FelixFinding[] {
  const { field, version } = judged;
  if (value.kind === 'null' || (isEmpty(value) && validatorIn(field, version)?.pointer !== true)) return [];
  if (panics(judged)) return [refused(`No value of ${field.name} is accepted by them before v3.33.`)];
  switch (value.kind) {
    case 'int':
      return field.type === 'port range'
        ? portFindings(value)
        : rangeFindings(validatorIn(field, version), value.value);
    case 'string':
      return field.type === 'port range' ? portFindings(value) : textFindings(value.value, judged);
    case 'list':
      return inItems(value.items, (item) => itemFindings(item, judged));
    case 'map':
      return value.entries.flatMap(({ key }) => keyFindings(key, judged).map((inner) => within(key, inner)));
    case 'bool':
    case 'float':
      return [];
  }
}

/** The validator skips empty texts, but not where the Go type is a pointer to one. */
function isEmpty(value: YamlValue): boolean {
  return value.kind === 'string' && value.value === '';
}

/** The check of bpfExportBufferSizeMB is one for lists, and fails on any number (v3.30 to v3.32). */
function panics({ field, version }: Judged): boolean {
  if (field.name !== 'bpfExportBufferSizeMB') return false;
  const changes = [
    { since: 'v3.30.0', broken: true },
    { since: 'v3.33.0', broken: false },
  ];
  return changeInForce(changes, version)?.broken === true;
}

function rangeFindings(validator: FieldValidator | undefined, value: bigint): readonly FelixFinding[] {
  const { min, max } = validator ?? {};
  if (min !== undefined && value < min)
    return [refused(`${value} is less than the minimum, ${min}.`, 'range')];
  if (max !== undefined && value > max)
    return [refused(`${value} is more than the maximum, ${max}.`, 'range')];
  return [];
}

function textFindings(text: string, { field, version }: Judged): readonly FelixFinding[] {
  const validator = validatorIn(field, version);
  const options = validator?.oneof;
  if (options !== undefined && !options.includes(text)) {
    const meant = options.find((option) => option.toLowerCase() === text.toLowerCase());
    if (meant === undefined)
      return [refused(`${quote(text)} is not allowed; write ${oneOf(options)}.`, 'enum')];
    const found = refused(`${quote(text)} should be written ${meant}.`, 'enum-case');
    return [{ ...found, fix: replaceBy(safe(meant)) }];
  }
  const wrong = checks[validator?.check ?? '']?.(text) ?? ownChecks[field.name]?.(text);
  return wrong === undefined ? [] : [refused(wrong)];
}

type Check = (text: string) => string | undefined;

const checks: Readonly<Record<string, Check>> = {
  regexp: expressionError,
  routeSource: expressionError,
  interface: (text) =>
    text === '*' || /^[a-zA-Z0-9_.-]{1,15}$/.test(text)
      ? undefined
      : `${quote(text)} is not an interface name.`,
  ifaceFilter: (text) => (isInterfaceFilter(text) ? undefined : `${quote(text)} is not an interface name.`),
  ifaceFilterSlice: (text) =>
    isInterfaceFilter(text) ? undefined : `${quote(text)} is not an interface name.`,
  prometheusHost: (text) =>
    /^[a-zA-Z0-9:._+-]{1,64}$/.test(text) ? undefined : `${quote(text)} is not a host name or an address.`,
  cidrs: (text) =>
    cidrVersion(text) === undefined ? `${quote(text)} is not an address or CIDR.` : undefined,
  keyValueList: (text) =>
    text.split(',').every((item) => item.trim() === '' || /^\s*\w+=/.test(item))
      ? undefined
      : 'The keys of the list may hold letters, digits and underscores only.',
};

/** Checks that the validator makes of a whole spec. */
const ownChecks: Readonly<Record<string, Check>> = {
  externalNodesList: (text) =>
    cidrVersion(text) === 4 ? undefined : `${quote(text)} is not an IPv4 address or CIDR.`,
  openstackRegion: (text) =>
    text.length <= 46 && isDnsLabel(text)
      ? undefined
      : `${quote(text)} is not a DNS label of at most 46 characters.`,
  natOutgoingAddress: ipv4Error,
  deviceRouteSourceAddress: ipv4Error,
  deviceRouteSourceAddressIPv6: (text) =>
    addressVersion(text) === 6 ? undefined : `${quote(text)} is not an IPv6 address.`,
};

function ipv4Error(text: string): string | undefined {
  return addressVersion(text) === 4 ? undefined : `${quote(text)} is not an IPv4 address.`;
}

function expressionError(text: string): string | undefined {
  const wrong = goRegexpError(text);
  return wrong === undefined ? undefined : `The expression is wrong: ${wrong}.`;
}

function itemFindings(item: YamlValue, judged: Judged): readonly FelixFinding[] {
  if (judged.field.type === 'port range list')
    return item.kind === 'int' || item.kind === 'string' ? portFindings(item) : [];
  if (item.kind === 'string') return textFindings(item.value, judged);
  if (item.kind !== 'map') return [];
  if (judged.field.name === 'routeTableRanges') return tableFindings(item);
  return judged.field.name === 'healthTimeoutOverrides' ? overrideFindings(item) : [];
}

function tableFindings(range: YamlMap): readonly FelixFinding[] {
  const min = entryOf(range, 'min');
  if (min?.kind !== 'int' || min.value >= 1n) return [];
  return [within('min', refused('Routing tables begin at 1.', 'range'))];
}

function overrideFindings(item: YamlMap): readonly FelixFinding[] {
  const name = entryOf(item, 'name');
  const timeout = entryOf(item, 'timeout');
  if (name?.kind === 'string' && !/^[a-zA-Z0-9_ -]+$/.test(name.value))
    return [within('name', refused(`${quote(name.value)} is not a name of a component.`))];
  if (timeout?.kind === 'string' && (parseDuration(timeout.value) ?? 0) < 0)
    return [within('timeout', refused('The time cannot be negative.', 'range'))];
  return [];
}

function keyFindings(key: string, { field, version }: Judged): readonly FelixFinding[] {
  if (validatorIn(field, version)?.check !== 'bpfLogFilters' || /^[a-zA-Z0-9_.-]{1,15}$/.test(key)) return [];
  return [{ ...refused(`${quote(key)} is not an interface name.`), at: 'key' }];
}

function portFindings(value: YamlScalar): readonly FelixFinding[] {
  const port = value.kind === 'null' ? undefined : parsePort(String(value.value));
  if (port === undefined) return [];
  if (port.kind === 'name')
    return isPortName(port.name) ? [] : [refused(`${quote(port.name)} is not the name of a port.`)];
  return port.min >= 1 ? [] : [refused('Ports go from 1 to 65535.', 'range')];
}

function refused(what: string, code: FelixFinding['code'] = 'format'): FelixFinding {
  const message = `calicoctl and the Calico API server refuse this, though it works when it is written to the CRD itself. ${what}`;
  return finding({ code, verdict: 'calicoctl-refuses', message });
}
