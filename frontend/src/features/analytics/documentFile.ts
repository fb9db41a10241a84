/** What a file holds: text as it is, a descriptor set in base64. */
export async function textOf(file: File, protocol: 'http' | 'grpc'): Promise<string> {
  if (protocol === 'http') return file.text()
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** Hosts as people write them: a line each, or with commas. */
export function hostsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))]
}
