import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { parseExact } from '@/lib/exactJson'
import { CodeView } from '@/ui/CodeView'
import { CopyButton } from '@/ui/CopyButton'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { analysisQueries } from '../analysis'
import styles from './analysis.module.css'

/** Word for word: the instructions, and the one document. */
export function WhatWasSent({ of, onClose }: { of: { analysis: number } | { execution: number }; onClose: () => void }) {
  const isPreview = 'execution' in of
  const sent = useQuery({ ...analysisQueries.sent(isPreview ? 0 : of.analysis), enabled: !isPreview })
  const preview = useQuery({ ...analysisQueries.preview(isPreview ? of.execution : 0), enabled: isPreview })
  const found = isPreview ? preview : sent
  return (
    <Modal opened onClose={onClose} title={isPreview ? 'What would be sent' : 'What was sent'} size="xl">
      {found.isPending && <Skeleton rows={8} height={24} />}
      {found.isError && <Notice role="alert" title={found.error.message} action={{ label: 'Try again', run: () => void found.refetch() }} />}
      {found.data && (
        <div className={styles.sent}>
          <p>
            To {found.data.model}, {found.data.characters.toLocaleString('en-GB')} characters. Secrets are masked; what systems under test answered is marked as untrusted.
          </p>
          <h5>Instructions, version {found.data.prompt_version}</h5>
          <pre className={styles.system} tabIndex={0}>{found.data.system}</pre>
          <h5>
            The document <CopyButton label="Copy" text={() => found.data.document} />
          </h5>
          <CodeView label="The document" value={parseExact(found.data.document)} />
        </div>
      )}
    </Modal>
  )
}
