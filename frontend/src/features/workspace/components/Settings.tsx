import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { createWorkspace, renameWorkspace } from '../api'
import styles from './workspace.module.css'

/** Naming this workspace and opening another: for who owns the installation. */
export function Settings({ name, onNamed, onOpened }: { name: string; onNamed: () => void; onOpened: (slug: string) => void }) {
  const [next, setNext] = useState(name)
  const [slug, setSlug] = useState('')
  const [title, setTitle] = useState('')
  const rename = useMutation({ mutationFn: renameWorkspace, onSuccess: onNamed })
  const open = useMutation({ mutationFn: createWorkspace, onSuccess: (made) => onOpened(made.slug) })
  return (
    <div className={styles.part}>
      <Card title="This workspace">
        <form className={styles.form} onSubmit={(event) => { event.preventDefault(); rename.mutate(next) }}>
          <label className={styles.field}>
            Name
            <input value={next} onChange={(event) => setNext(event.target.value)} required maxLength={255} />
          </label>
          <Button type="submit" disabled={rename.isPending}>Rename</Button>
        </form>
        {rename.isError && <p className={styles.problem} role="alert">{rename.error.message}</p>}
        {rename.isSuccess && <p className={styles.hint} role="status">It is called {rename.data.name} now.</p>}
      </Card>
      <Card title="Another workspace">
        <form className={styles.form} onSubmit={(event) => { event.preventDefault(); open.mutate({ slug, name: title }) }}>
          <label className={styles.field}>
            Short name, for addresses
            <input value={slug} onChange={(event) => setSlug(event.target.value)} required maxLength={64} pattern="[a-z0-9][a-z0-9\-]*" placeholder="storefront" />
          </label>
          <label className={styles.field}>
            Workspace name
            <input value={title} onChange={(event) => setTitle(event.target.value)} required maxLength={255} placeholder="Storefront" />
          </label>
          <Button type="submit" disabled={open.isPending}>Open workspace</Button>
        </form>
        {open.isError && <p className={styles.problem} role="alert">{open.error.message}</p>}
      </Card>
    </div>
  )
}
