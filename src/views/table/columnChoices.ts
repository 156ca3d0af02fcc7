import type * as vscode from 'vscode';

const key = 'calicoBpf.tableColumns';

/** Which columns were chosen for the tables of a probe; kept between windows. */
export class ColumnChoices {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  of(probe: string): readonly string[] | undefined {
    return this.#all()[kindOf(probe)];
  }

  async keep(probe: string, chosen: readonly string[]): Promise<void> {
    await this.#memory.update(key, { ...this.#all(), [kindOf(probe)]: chosen });
  }

  #all(): Readonly<Record<string, readonly string[]>> {
    return this.#memory.get(key, {});
  }
}

/** IPv6 and JSON have the columns of their siblings. */
function kindOf(probe: string): string {
  return probe.replace(/\.v6\b|\.json\b/g, '');
}
