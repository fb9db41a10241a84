/** The environment this browser ran against last: most people run against one. */
const KEY = 'stepwell.environment'

export function rememberedEnvironment(): string {
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

export function rememberEnvironment(name: string): void {
  try {
    localStorage.setItem(KEY, name)
  } catch {
    // a browser that keeps nothing asks every time
  }
}
