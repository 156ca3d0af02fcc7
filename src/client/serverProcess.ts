/**
 * The environment that the language server is started in: V8 keeps the server's compiled code in a folder, so that
 * every start but the first is quicker.
 */
export function serverEnvironment(cachePath: string): Record<string, string> {
  return { NODE_COMPILE_CACHE: cachePath };
}
