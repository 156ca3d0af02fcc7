import * as vscode from 'vscode';

/** The settings of the manifest, with their types; defaults stand there alone. */
export interface Settings {
  readonly 'calicoBpf.kubeconfig': string;
  readonly 'calicoBpf.changes': 'ask' | 'never';
  readonly 'calicoBpf.trace.timeLimit': number;
  readonly 'calicoBpf.trace.channelSize': number;
  readonly 'calicoBpf.trace.folder': string;
  readonly 'calicoBpf.trace.debugImage': string;
  readonly 'calicoBpf.diagnose.disabledChecks': readonly string[];
  readonly 'calicoBpf.probe.concurrency': number;
  readonly 'calicoBpf.probe.timeout': number;
  readonly 'calicoBpf.probe.maxBytes': number;
}

/** A setting as it is now: read when used, never kept. */
export function readSetting<K extends keyof Settings>(key: K): Settings[K] {
  const value = vscode.workspace.getConfiguration().get<Settings[K]>(key);
  if (value === undefined) throw new Error(`The setting ${key} is not in the manifest.`);
  return value;
}
