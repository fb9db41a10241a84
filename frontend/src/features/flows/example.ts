/** What a new flow begins with. */
export const EXAMPLE = `flow:
  name: Hello
  env: {SHOP_URL: "http://127.0.0.1:5016"}

  steps:
    - id: shelf
      action: http_request
      config: {method: GET, url: "\${SHOP_URL}/products"}
      assert:
        - status == 200
        - len(body.items) > 0
      output: {first: "body.items[0].sku"}

    - id: look
      action: http_request
      config: {method: GET, url: "\${SHOP_URL}/products/\${first}"}
      assert: ["body.sku == first"]
`

/** A flow around a step that was drafted. */
export function flowAround(step: string, name: string): string {
  const lines = step.trimEnd().split('\n').map((line) => (line ? `    ${line}` : line))
  return `flow:\n  name: ${JSON.stringify(name)}\n\n  steps:\n${lines.join('\n')}\n`
}
