/** JSON whose numbers keep every digit: what a double cannot hold becomes an ExactNumber (docs/api.md, "Numbers are exact"). */

export class ExactNumber {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text
  }
  toJSON(): unknown {
    return rawJson(this.text)
  }
}

type RawJson = (text: string) => unknown
const raw = (JSON as unknown as { rawJSON?: RawJson }).rawJSON
const rawJson: RawJson = (text) => (raw ? raw(text) : Number(text))

type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown

const exact: Reviver = (_key, value, context) =>
  typeof value === 'number' && context?.source !== undefined && context.source !== String(value)
    ? new ExactNumber(context.source)
    : value

export function parseExact(text: string): unknown {
  return JSON.parse(text, exact) as unknown
}

/** A value as JSON, digits kept. */
export function jsonText(value: unknown, indent?: number): string {
  return value === undefined ? 'null' : JSON.stringify(value, null, indent)
}
