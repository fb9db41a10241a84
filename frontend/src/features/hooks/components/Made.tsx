import { Card } from '@/ui/Card'
import { CopyButton } from '@/ui/CopyButton'
import { Once } from '@/ui/Once'
import type { HookMade } from '../api'
import { curlOf } from '../sample'
import styles from './hooks.module.css'

/** The address, this once, and a command that calls it. */
export function Made({ made, onDone }: { made: HookMade; onDone: () => void }) {
  const command = curlOf(made.url, made.hook.variables)
  return (
    <>
      <Once title={`The address of ${made.hook.name}`} text={made.url} hint="It is shown this once. Whoever knows it can start the flow." onDone={onDone} />
      <Card title="A call" aside={<CopyButton label="Copy" text={() => command} />}>
        <code className={styles.curl}>{command}</code>
      </Card>
    </>
  )
}
