import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { TextDiff } from '@/ui/TextDiff'
import { executionQueries } from '../api/queries'

interface Props {
  flow: string
  ran: number
  latest: number
  onClose: () => void
}

/** What was edited in the flow between the version that ran and today's. */
export default function FlowChanges({ flow, ran, latest, onClose }: Props) {
  const before = useQuery(executionQueries.version(flow, ran))
  const after = useQuery(executionQueries.version(flow, latest))
  const error = before.error ?? after.error
  return (
    <Modal opened onClose={onClose} title={`${flow}: version ${ran} → ${latest}`} size="xl">
      {error && <Notice role="alert" title={error.message} />}
      {!error && (before.isPending || after.isPending) && <Skeleton rows={10} height={17} />}
      {before.data && after.data && <TextDiff label="What changed since" before={before.data.text} after={after.data.text} />}
    </Modal>
  )
}
