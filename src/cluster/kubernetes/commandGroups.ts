/** Which of the orders for a node share a command: those that read files. */
import type { Command } from './commands.ts';
import { partOf, readFiles } from './files.ts';
import type { Order } from './orders.ts';
import type { Output } from './run.ts';
import type { Tool } from './tools.ts';

/** What is run by exec, not read over the API. */
export type Run = Exclude<Command, { readonly kind: 'log' }>;

/** The orders that one command answers. */
type Group = readonly Order<Run>[];

export function grouped(orders: readonly Order<Run>[]): readonly Group[] {
  const readers = orders.filter(({ command }) => command.kind === 'files');
  return orders.flatMap((order) => {
    if (order.command.kind !== 'files') return [[order]];
    return order === readers[0] ? [readers] : [];
  });
}

/** The command of a group. */
export function argvOf(group: Group, tool: Tool): readonly string[] {
  const command = group[0]?.command;
  switch (command?.kind) {
    case 'tool':
      return [...tool.prefix, ...command.args];
    case 'health':
      return tool.health;
    case 'program':
      return command.argv;
    case 'files':
      return readFiles(group.flatMap((order) => (order.command.kind === 'files' ? order.command : [])));
    case undefined:
      return [];
  }
}

/** What an order has of what the command of its group printed. */
export async function outputOf({ command }: Order<Run>, output: Output, { length }: Group): Promise<Output> {
  return command.kind === 'files' && length > 1 ? partOf(output, command) : output;
}
