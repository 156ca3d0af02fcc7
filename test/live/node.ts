/** A node of the test cluster whose programs are shell scripts, and whose Felix restarts when it is configured anew. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { specOf } from '../../src/cluster/changes.ts';
import { textField, type KubernetesObject } from '../../src/core/objects/object.ts';
import { AdminError } from './admin.ts';
import type { TestCluster } from './cluster.ts';

export interface ScriptedNode {
  /** Lets a program be a shell script. */
  program(name: string, script: string): Promise<void>;
  stop(): Promise<void>;
}

const felixConfigurations = '/apis/crd.projectcalico.org/v1/felixconfigurations';

/** Takes over the calico-node pod of a node. Its Felix writes its configuration to its log, as the real one does. */
export async function startNode(server: TestCluster, node: string, pod: string): Promise<ScriptedNode> {
  const folder = join(server.folder, `scripted-${node}`);
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'probes.json'), '[]');
  const program = async (name: string, script: string) => {
    const path = join(folder, 'bin', name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  };
  await program('calico-node', '[ "$2" = version ] && echo "Version: v3.32.1"; exit 0');
  await server.record({ [`calico-system/${pod}`]: folder });
  const stop = new AbortController();
  const felix = runFelix(server, node, join(folder, 'felix.log.out'), stop.signal);
  return {
    program,
    stop: async () => {
      stop.abort();
      await felix;
    },
  };
}

async function runFelix(server: TestCluster, node: string, log: string, signal: AbortSignal): Promise<void> {
  let last = '';
  while (!signal.aborted) {
    const [common, own] = [await specIfAny(server, 'default'), await specIfAny(server, `node.${node}`)];
    const line = logLine(common, own);
    if (line !== last) await writeFile(log, line);
    last = line;
    await delay(20);
  }
}

async function specIfAny(server: TestCluster, name: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return specOf((await server.admin.get(`${felixConfigurations}/${name}`)) as KubernetesObject);
  } catch (error) {
    if (error instanceof AdminError && error.status === 404) return {};
    throw error;
  }
}

function logLine(common: Readonly<Record<string, unknown>>, own: Readonly<Record<string, unknown>>): string {
  const level = (textField(own, 'bpfLogLevel') ?? textField(common, 'bpfLogLevel') ?? 'off').toLowerCase();
  const sources = [common, {}, own, {}, {}]
    .map((values, index) => `0x${index + 1}:map[string]string{${rawValues(values)}}`)
    .join(', ');
  const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
  return `${time} [INFO][42] felix/daemon.go 400: Successfully loaded configuration. GOMAXPROCS=2 config=&config.Config{BPFLogLevel:"${level}", sourceToRawConfig:map[config.Source]map[string]string{${sources}}}\n`;
}

function rawValues(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([key, value]) => {
      const text =
        typeof value === 'object' && value !== null
          ? Object.entries(value)
              .map(([name, one]) => `${name}=${String(one)}`)
              .join(',')
          : String(value);
      return `"${key.replace(/^bpf/, 'BPF')}":${JSON.stringify(text)}`;
    })
    .join(', ');
}
