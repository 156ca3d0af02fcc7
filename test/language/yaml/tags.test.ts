import { test } from 'node:test';
import { checkDiagnostics } from '../marked.ts';

const head = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
`;

test('reads values by their tags, as kubectl does', () =>
  checkDiagnostics(`${head}spec:
  bpfEnabled: !!bool "true"
  bpfMapSizeRoute: !!int "262144"
  interfacePrefix: !!str 5
  bpfLogLevel: !!int "5"
                     ^^^ error yaml-number
  routeSource: !!null ""
  bpfExternalServiceMode: !mine RSD
                                ^^^ error enum
  logPrefix: !!binary 8J+YgA==
                      ^^^^^^^^ error format
`));

test('says of a value that it cannot be read as its tag wants', () =>
  checkDiagnostics(`${head}spec:
  logPrefix: !!int x
                   ^ error yaml
  interfacePrefix: !!bool tRUE
                          ^^^^ error yaml
  flowLogsGoldmaneServer: !!null x
                                 ^ error yaml
  policySyncPathPrefix: !!binary a
                                 ^ error yaml
  openstackRegion: !!timestamp today
                               ^^^^^ error yaml
  bpfMapSizeRoute: !!int 1e3
                         ^^^ error yaml
  bpfMapSizeIPSets: !!float 1000000
  bpfMapSizeIfState: !!int 0x1000
  healthHost: !!timestamp 2026-11-21
`));
