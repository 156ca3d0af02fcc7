/** The memory of bytes that nothing else is in. */
export function ownMemory({ buffer, byteLength }: Uint8Array): ArrayBuffer | undefined {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? buffer : undefined;
}

/** Gives the memory of bytes back now, not when it is found to be garbage. */
export function letGo(bytes: Uint8Array): void {
  ownMemory(bytes)?.transfer(0);
}
