import * as vscode from 'vscode';
import type { ObjectRef } from '../cluster/cluster.ts';
import type { Evidence, Finding } from '../core/diagnose/finding.ts';
import type { Explanation } from '../core/trace/explain.ts';
import type { InEffect } from '../core/felix/inEffect.ts';
import type { IpFamily, MapId } from '../core/probes.ts';
import type { MapTarget, ProbeTarget } from '../session/session.ts';

/** Where to look for causes: a node, or a pod by its interface; everywhere without one. */
export interface DiagnosedPlace {
  readonly node?: string;
  readonly facts?: { readonly pod?: { readonly namespace: string; readonly name: string } | undefined };
}

/** Every command, with what it takes. Commands without an argument ask when they need to know more. */
export interface Commands {
  'calicoBpf.cluster.select': () => void;
  'calicoBpf.cluster.openSample': () => void;
  'calicoBpf.cluster.openSnapshot': (path?: string) => void;
  'calicoBpf.cluster.close': () => void;
  'calicoBpf.cluster.refresh': () => void;
  'calicoBpf.snapshot.take': () => void;
  'calicoBpf.role.copy': () => void;
  'calicoBpf.nodes.filter': () => void;
  'calicoBpf.nodes.showAll': () => void;
  'calicoBpf.nodes.stopAsking': () => void;
  'calicoBpf.element.retry': () => void;
  'calicoBpf.node.refresh': (element?: { readonly node: string }) => void;
  'calicoBpf.map.open': (target?: MapTarget) => void;
  'calicoBpf.map.openTable': (element?: MapElement) => void;
  'calicoBpf.map.openText': (element?: MapElement) => void;
  'calicoBpf.policy.open': (target?: ProbeTarget) => void;
  'calicoBpf.configuration.open': (given?: ObjectRef | { readonly ref: ObjectRef }) => void;
  'calicoBpf.configuration.edit': (given?: ObjectRef | { readonly ref: ObjectRef }) => void;
  'calicoBpf.configuration.compare': (uri?: vscode.Uri) => void;
  'calicoBpf.configuration.apply': (uri?: vscode.Uri) => void;
  'calicoBpf.configuration.showInEffect': (inEffect?: InEffect) => void;
  'calicoBpf.trace.start': (place?: {
    readonly node?: string;
    readonly facts?: { readonly pod?: { readonly namespace: string; readonly name: string } | undefined };
    /** What a finding is about. */
    readonly finding?: Finding;
    /** A filter in the syntax of pcap. */
    readonly expression?: string;
  }) => void;
  'calicoBpf.trace.open': (trace?: { readonly node: string; readonly name: string }) => void;
  'calicoBpf.trace.showPackets': (trace?: { readonly node: string; readonly name: string }) => void;
  'calicoBpf.trace.openFile': () => void;
  'calicoBpf.trace.explain': (asked?: {
    readonly node: string | undefined;
    readonly explanation: Explanation;
  }) => void;
  'calicoBpf.table.openDetails': () => void;
  'calicoBpf.table.explain': () => void;
  'calicoBpf.table.filterFlow': () => void;
  'calicoBpf.table.trace': () => void;
  'calicoBpf.trace.stop': () => void;
  'calicoBpf.trace.restore': () => void;
  'calicoBpf.findings.diagnose': (place?: DiagnosedPlace) => void;
  'calicoBpf.findings.diagnoseObject': () => void;
  'calicoBpf.findings.recheck': () => void;
  'calicoBpf.findings.explain': (element?: { readonly finding: Finding }) => void;
  'calicoBpf.findings.openEvidence': (element?: {
    readonly finding: Finding;
    readonly evidence?: Evidence;
  }) => void;
  'calicoBpf.findings.openSubject': (element?: { readonly finding: Pick<Finding, 'id'> }) => void;
  'calicoBpf.findings.copyFix': (element?: { readonly finding: Finding }) => void;
  'calicoBpf.findings.copyReport': () => void;
  'calicoBpf.findings.openReport': () => void;
  'calicoBpf.findings.group': () => void;
  'calicoBpf.findings.filter': () => void;
  'calicoBpf.element.copyName': (element?: { readonly kind: string }) => void;
  'calicoBpf.element.copyValue': (element?: { readonly kind: string }) => void;
  'calicoBpf.log.show': () => void;
  'calicoBpf.dump.openTable': (uri?: vscode.Uri) => void;
  'calicoBpf.table.find': () => void;
  'calicoBpf.table.goToLine': () => void;
  'calicoBpf.table.copyText': () => void;
  'calicoBpf.table.copyCsv': () => void;
  'calicoBpf.table.copyJson': () => void;
  'calicoBpf.table.filterValue': () => void;
  'calicoBpf.table.excludeValue': () => void;
  'calicoBpf.table.openText': () => void;
  'calicoBpf.table.showDiff': () => void;
  'calicoBpf.map.compare': (element?: MapElement) => void;
  'calicoBpf.dump.compare': (uri?: vscode.Uri) => void;
}

/** A map as the tree hands it over. */
export interface MapElement {
  readonly node: string;
  readonly map: { readonly id: MapId };
  readonly family: IpFamily;
}

export type CommandId = keyof Commands;

/** A command with its arguments, as tree items and links carry it. */
export function commandOf<Id extends CommandId>(
  command: Id,
  title: string,
  ...args: Parameters<Commands[Id]>
): vscode.Command {
  return { command, title, arguments: args };
}

/** Runs one of our commands. */
export function runCommand<Id extends CommandId>(
  command: Id,
  ...args: Parameters<Commands[Id]>
): Thenable<unknown> {
  return vscode.commands.executeCommand(command, ...args);
}
