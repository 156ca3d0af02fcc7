import * as vscode from 'vscode';

export function icon(id: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(id);
}

/** An icon in the colour that VS Code gives to errors and warnings; what is well stays without colour. */
export function troubleIcon(id: 'error' | 'warning' | 'question'): vscode.ThemeIcon {
  const colour = id === 'error' ? 'problemsErrorIcon.foreground' : 'problemsWarningIcon.foreground';
  return new vscode.ThemeIcon(id, new vscode.ThemeColor(colour));
}

/** An item that only says something. */
export function quietItem(
  label: string,
  { description, iconId }: { readonly description: string; readonly iconId: string },
): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.description = description;
  item.iconPath = icon(iconId);
  if (description !== '') item.tooltip = `${label}: ${description}`;
  return item;
}

/** Gives an item its id, and what is `viewItem` in the menus of package.json. */
export function identified(item: vscode.TreeItem, id: string, viewItem: string): vscode.TreeItem {
  item.id = id;
  item.contextValue = viewItem;
  return item;
}

/** Gives an item what a screen reader says. */
export function labelled(item: vscode.TreeItem, label: string): vscode.TreeItem {
  item.accessibilityInformation = { label };
  return item;
}

/** A tooltip of Markdown paragraphs; empty ones are left out. */
export function tooltip(paragraphs: readonly string[]): vscode.MarkdownString {
  return new vscode.MarkdownString(paragraphs.filter((paragraph) => paragraph !== '').join('\n\n'));
}

/** A paragraph with a name and a value; empty where there is no value. */
export function fact(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `${name}: ${escape(value)}`;
}

/** Text as Markdown that reads the same. */
export function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&');
}

export function formatCount(count: number): string {
  return count.toLocaleString('en');
}
