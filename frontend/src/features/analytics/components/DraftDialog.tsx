import { Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button, buttonClass } from '@/ui/Button'
import { CopyButton } from '@/ui/CopyButton'
import { Field } from '@/ui/Field'
import { analyticsQueries, excludeOperation } from '../api/queries'
import type { OperationCoverage, ServiceCoverage } from '../api/types'
import { operationText } from '../coverage'
import styles from './QuarantineDialog.module.css'

interface Props {
  service: ServiceCoverage
  operation: OperationCoverage
  onClose: () => void
}

/** A step for an operation that nothing covers: to copy, or to begin a flow with. Or the reason why it needs none. */
export function DraftDialog({ service, operation, onClose }: Props) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  // The name of a document's operation, as the document itself has it.
  const name = `${operation.operation} ${operation.route}`
  const draft = useQuery(analyticsQueries.draft(service.name, name))
  const exclude = useMutation({
    mutationFn: () => excludeOperation(service, name, reason.trim()),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: analyticsQueries.all })
      onClose()
    },
  })
  const text = draft.data?.text ?? ''
  const refused = draft.error ?? exclude.error
  return (
    <Modal opened onClose={onClose} size="lg" title={`A step for ${operationText(service.protocol, operation.operation, operation.route)}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={styles.form}>
        <pre className={styles.draft} tabIndex={0} aria-label="The step as YAML" aria-busy={draft.isPending}>
          {text}
        </pre>
        <div className={styles.choices}>
          <CopyButton text={() => text} label="Copy" />
          <Link to="/flows/new" search={{ service: service.name, operation: name }} className={buttonClass('primary', true)}>
            Open in the editor
          </Link>
        </div>
        <Field label="Or leave it out" hint="An operation that needs no coverage counts no more; the reason stands beside it.">
          <input value={reason} placeholder="Reason" onChange={(event) => setReason(event.target.value)} />
        </Field>
        {refused && (
          <p role="alert" className={styles.refused}>
            {refused.message}
          </p>
        )}
        <div className={styles.choices}>
          <Button disabled={!reason.trim() || exclude.isPending} onClick={() => exclude.mutate()}>
            Leave it out
          </Button>
        </div>
      </div>
    </Modal>
  )
}
