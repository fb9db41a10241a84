import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { sizeText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { EnvironmentSelect } from '@/ui/EnvironmentSelect'
import { Field } from '@/ui/Field'
import { FlowInput } from '@/ui/FlowInput'
import { type Batch, startBatch } from '../api'
import { formatOf, mistakesOf } from '../rows'
import styles from './batches.module.css'

/** Runs a flow once for each row of a file. */
export function BatchForm({ flow, onStarted }: { flow: string; onStarted: (batch: Batch) => void }) {
  const [slug, setSlug] = useState(flow)
  const [environment, setEnvironment] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const [label, setLabel] = useState('')
  const [parallel, setParallel] = useState('4')
  const [once, setOnce] = useState(() => crypto.randomUUID())
  const count = /^\d{1,2}$/.test(parallel) ? Number(parallel) : 0
  const isWrong = count < 1 || count > 64
  const start = useMutation({
    mutationFn: async (rows: File) =>
      startBatch(
        { flow: slug.trim(), environment: environment || null, data: await rows.text(), format: formatOf(rows.name), source: rows.name, label_column: label.trim(), parallel: count },
        once,
      ),
    onSuccess: onStarted,
    onError: () => setOnce(crypto.randomUUID()),
  })
  const mistakes = mistakesOf(start.error)
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (file && !isWrong) start.mutate(file)
      }}
    >
      <div className={styles.facts}>
        <Field label="Flow" hint="Its latest version">
          <FlowInput value={slug} required onChange={setSlug} />
        </Field>
        <Field label="Environment">
          <EnvironmentSelect value={environment} onChange={setEnvironment} />
        </Field>
        <Field label="File of rows" hint={file ? `${sizeText(file.size)}, read as ${formatOf(file.name).toUpperCase()}` : 'CSV with a header of names, or a JSON list of objects'}>
          <input
            type="file"
            accept=".csv,.json,text/csv,application/json"
            onChange={(event) => {
              setFile(event.target.files?.[0] ?? null)
              start.reset()
            }}
          />
        </Field>
        <Field label="Column that names a row" hint="For people; it may be left out">
          <input value={label} maxLength={128} onChange={(event) => setLabel(event.target.value)} />
        </Field>
        <Field label="Runs at once" hint="1 to 64" problem={isWrong ? 'Say a number from 1 to 64.' : undefined}>
          <input inputMode="numeric" value={parallel} onChange={(event) => setParallel(event.target.value)} />
        </Field>
      </div>
      {start.isError && (
        <div role="alert">
          {mistakes.length === 0 && <p className={styles.problem}>{start.error.message}</p>}
          {mistakes.length > 0 && (
            <ul className={styles.mistakes}>
              {mistakes.map((one, index) => (
                <li key={index}>{[one.row === null ? null : `Row ${one.row}`, one.column, one.message].filter(Boolean).join(': ')}</li>
              ))}
            </ul>
          )}
        </div>
      )}
      <Button type="submit" look="primary" disabled={!file || !slug.trim() || isWrong || start.isPending}>
        Run over the rows
      </Button>
    </form>
  )
}
