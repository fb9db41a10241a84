import { Card } from '@/ui/Card'
import { CodeView } from '@/ui/CodeView'
import type { FlowVersion } from '../api/types'
import { stepText } from '../stepText'

/** The step as the flow has it, for one that has nothing to show of its own yet. */
export function AsWritten({ version, id }: { version: FlowVersion | undefined; id: string }) {
  const text = version && stepText(version.text, id)
  if (!text) return null
  return (
    <Card title="As the flow has it" aside={`version ${version.number}`}>
      <CodeView label="The step as the flow has it" text={text} />
    </Card>
  )
}
