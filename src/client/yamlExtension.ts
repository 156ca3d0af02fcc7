import * as vscode from 'vscode';

/**
 * Red Hat's YAML extension, which checks and completes any YAML file by a JSON schema. It offers other extensions to
 * give the schema of a file (`registerContributor` of its exports, src/schema-extension-api.ts there).
 */
const yamlExtensionId = 'redhat.vscode-yaml';

interface YamlExtension {
  registerContributor?(
    scheme: string,
    requestSchema: (uri: string) => string | undefined,
    requestContent: (schema: string) => string,
    label?: string,
  ): boolean;
}

/** The schema that a file gets which is ours alone: it allows all, so that only we speak of keys and values. */
const ownScheme = 'calico-ebpf';
export const ownSchema = `${ownScheme}://schema/felixconfiguration`;
export const ownSchemaContent = JSON.stringify({ title: 'Checked by Calico eBPF' });

/** Whether that extension is there and reports broken YAML. */
export function isYamlChecked(): boolean {
  const isThere = vscode.extensions.getExtension(yamlExtensionId) !== undefined;
  return isThere && vscode.workspace.getConfiguration('yaml').get<boolean>('validate', true);
}

/** Keeps what both know from being shown twice, for as long as `isRunning` says that we speak for a file. */
export async function speakForOurFiles(isRunning: () => boolean): Promise<void> {
  const extension = vscode.extensions.getExtension<YamlExtension | undefined>(yamlExtensionId);
  const api = await extension?.activate();
  api?.registerContributor?.(
    ownScheme,
    (uri) => (isRunning() ? schemaOf(uri) : undefined),
    () => ownSchemaContent,
    'Calico eBPF',
  );
}

function schemaOf(uri: string): string | undefined {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri);
  return document !== undefined && isOursAlone(document.getText()) ? ownSchema : undefined;
}

/** Whether all documents of a text are FelixConfigurations: a file of several kinds keeps the schema it has. */
export function isOursAlone(text: string): boolean {
  const documents = text.split(/^---(?=\s|$)/m).filter((document) => /^[^#\s]/m.test(document));
  return (
    documents.length > 0 && documents.every((each) => /^kind:[ \t]*["']?FelixConfiguration\b/m.test(each))
  );
}
