import * as vscode from 'vscode';

/** The channel “Calico eBPF”: one line per call to a cluster; no secrets, no dump contents. */
export type Log = vscode.LogOutputChannel;

export function createLog(): Log {
  return vscode.window.createOutputChannel('Calico eBPF', { log: true });
}
