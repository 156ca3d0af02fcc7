import * as vscode from 'vscode';
import type { Connection, ClusterSource } from './connection.ts';
import { describeCluster } from './viewTitle.ts';

/** What the status bar shows of a connection; `undefined` when there is nothing to say. */
export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly isWarning: boolean;
}

/** The cluster that is open, in the status bar; a click selects another. */
export function registerStatusBar(connection: Connection): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('calicoBpf.cluster', vscode.StatusBarAlignment.Left, 20);
  item.name = 'Calico eBPF Cluster';
  item.command = 'calicoBpf.cluster.select';
  const update = () => {
    const status = describeConnection(connection, new Date());
    if (status === undefined) {
      item.hide();
      return;
    }
    item.text = status.text;
    item.tooltip = status.tooltip;
    item.accessibilityInformation = { label: `Calico eBPF: ${status.tooltip}` };
    item.backgroundColor = status.isWarning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    item.show();
  };
  update();
  return vscode.Disposable.from(item, connection.onDidChange(update));
}

export function describeConnection(
  { state, outage }: Pick<Connection, 'state' | 'outage'>,
  now: Date,
): StatusText | undefined {
  switch (state.kind) {
    case 'none':
      return undefined;
    case 'opening': {
      const name = nameOf(state.source);
      return { text: `$(sync~spin) ${name}`, tooltip: `Opening ${name} …`, isWarning: false };
    }
    case 'failed': {
      const name = nameOf(state.source);
      return { text: `$(error) ${name}`, tooltip: `${name}: ${state.error.message}`, isWarning: true };
    }
    case 'open': {
      const { info } = state.session.cluster;
      const shown = describeCluster(info, now);
      if (outage !== undefined) {
        const tooltip = `${info.name}: not connected since ${outage.since.toLocaleTimeString()}: ${outage.message}`;
        return { text: `$(debug-disconnect) ${shown}`, tooltip, isWarning: true };
      }
      const from = `${info.kind === 'live' ? 'live cluster' : info.kind}, ${info.origin}`;
      const icon = info.kind === 'live' ? 'plug' : 'archive';
      return { text: `$(${icon}) ${shown}`, tooltip: `${info.name}: ${from}`, isWarning: false };
    }
  }
}

function nameOf(source: ClusterSource): string {
  switch (source.kind) {
    case 'sample':
      return 'sample cluster';
    case 'snapshot':
      return source.path.split(/[\\/]/).at(-1) ?? source.path;
    case 'live':
      return source.context;
  }
}
