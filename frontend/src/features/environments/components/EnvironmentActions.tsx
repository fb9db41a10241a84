import { Menu, Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { countText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Icon } from '@/ui/Icon'
import { deleteEnvironment, environmentQueries, renameEnvironment } from '../api/queries'
import styles from './EnvironmentActions.module.css'

interface Props {
  name: string
  mayWrite: boolean
  mayDelete: boolean
  onRenamed: (name: string) => void
  onDeleted: () => void
}

export function EnvironmentActions({ name, mayWrite, mayDelete, onRenamed, onDeleted }: Props) {
  const [open, setOpen] = useState<'rename' | 'delete' | null>(null)
  if (!mayWrite) return null
  const close = (): void => setOpen(null)
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button aria-label="More">
            <Icon name="more" size={14} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setOpen('rename')}>Rename</Menu.Item>
          {mayDelete && <Menu.Item onClick={() => setOpen('delete')}>Delete</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={open === 'rename'} onClose={close} title={`Rename ${name}`} size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
        <Rename name={name} onDone={onRenamed} />
      </Modal>
      <Modal opened={open === 'delete'} onClose={close} title={`Delete ${name}?`} size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
        <Delete name={name} onDone={onDeleted} onClose={close} />
      </Modal>
    </>
  )
}

function Rename({ name, onDone }: { name: string; onDone: (name: string) => void }) {
  const queries = useQueryClient()
  const [next, setNext] = useState(name)
  const rename = useMutation({
    mutationFn: () => renameEnvironment(name, next),
    onSuccess: async (renamed) => {
      onDone(renamed.name)
      await queries.invalidateQueries({ queryKey: environmentQueries.list.queryKey })
    },
  })
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        rename.mutate()
      }}
    >
      <Field label="New name" problem={rename.error?.message} hint="Runs so far keep the old name. Pipelines that say --env with it have to be changed.">
        <input value={next} onChange={(event) => setNext(event.target.value)} />
      </Field>
      <Button type="submit" look="primary" disabled={rename.isPending || !next || next === name}>
        Rename
      </Button>
    </form>
  )
}

function Delete({ name, onDone, onClose }: { name: string; onDone: () => void; onClose: () => void }) {
  const queries = useQueryClient()
  const usage = useQuery(environmentQueries.usage([name]))
  const flows = usage.data?.get(name)?.flows ?? []
  const remove = useMutation({
    mutationFn: () => deleteEnvironment(name),
    onSuccess: async () => {
      onDone()
      await queries.invalidateQueries({ queryKey: environmentQueries.list.queryKey })
    },
  })
  return (
    <div className={styles.form}>
      <p>Its variables and secrets are gone for good. Runs against it stay, and cannot be run again.</p>
      {flows.length > 0 && (
        <p>
          {countText(flows.length, 'flow')} ran against it lately: {flows.slice(0, 5).map((use) => use.name).join(', ')}.
        </p>
      )}
      {remove.isError && (
        <p className={styles.problem} role="alert">
          {remove.error.message}
        </p>
      )}
      <p className={styles.choices}>
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          Delete {name}
        </Button>
      </p>
    </div>
  )
}
