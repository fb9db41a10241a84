export function ExecutionPage() {
  return <p>to come</p>
}
