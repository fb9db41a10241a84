import '@mantine/core/styles/Drawer.css'
import { Drawer } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Field } from '@/ui/Field'
import { Notice } from '@/ui/Notice'
import { flowQueries } from '../api/queries'
import type { Execution } from '../api/types'
import { RunForm } from './RunForm'
import styles from './RunDrawer.module.css'

interface Props {
  isOpen: boolean
  onClose: () => void
  onStarted: (execution: Execution) => void
  /** Without one, the flow is chosen here. */
  flow?: { slug: string; name: string; version: number | null } | undefined
}

/** Runs a flow: against which environment, with which variables. */
export function RunDrawer({ isOpen, onClose, onStarted, flow }: Props) {
  const [chosen, setChosen] = useState<Props['flow']>()
  const shown = flow ?? chosen
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size={380}
      title={flow ? `Run ${flow.name}` : 'Run a flow'}
      classNames={{ content: styles.content ?? '', body: styles.body ?? '', header: styles.header ?? '', title: styles.title ?? '' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 120 }}
      lockScroll={false}
    >
      {!flow && <FlowChoice chosen={chosen?.slug} onChoose={setChosen} />}
      {shown?.version != null && <RunForm key={shown.slug} slug={shown.slug} version={shown.version} onStarted={onStarted} />}
      {shown?.version != null && (
        <p className={styles.rows}>
          <Link to="/batches/new" search={{ flow: shown.slug }} onClick={onClose}>
            Run it over the rows of a file
          </Link>
          : CSV or JSON, one run for each row
        </p>
      )}
    </Drawer>
  )
}

function FlowChoice({ chosen, onChoose }: { chosen: string | undefined; onChoose: (flow: Props['flow']) => void }) {
  const [text, setText] = useState('')
  return (
    <div className={styles.choice}>
      <Field label="Flow">
        <input type="search" value={text} placeholder="Name or slug" onChange={(event) => setText(event.target.value)} />
      </Field>
      <Found text={text} chosen={chosen} onChoose={onChoose} />
    </div>
  )
}

function Found({ text, chosen, onChoose }: { text: string; chosen: string | undefined; onChoose: (flow: Props['flow']) => void }) {
  const flows = useQuery(flowQueries.find(text))
  if (flows.isError) return <Notice role="alert" title={flows.error.message} action={{ label: 'Try again', run: () => void flows.refetch() }} />
  if (flows.data?.length === 0) return <p className={styles.none}>{text ? 'No flow matches.' : 'No flows yet. Write one on the page Flows.'}</p>
  return (
    <ul className={styles.found}>
      {flows.data?.map((flow) => (
        <li key={flow.slug}>
          <button type="button" className={styles.flow} aria-pressed={flow.slug === chosen} onClick={() => onChoose({ slug: flow.slug, name: flow.name, version: flow.latest_version })}>
            <span>{flow.name}</span>
            <span className={styles.slug}>{flow.slug}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
