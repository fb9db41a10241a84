import { Modal } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { lazy, Suspense } from 'react'
import { Skeleton } from '@/ui/Skeleton'

const DiffView = lazy(() => import('../editor/DiffView').then((found) => ({ default: found.DiffView })))

interface Props {
  isOpen: boolean
  onClose: () => void
  title: string
  before: string
  after: string
}

export function DraftChanges({ isOpen, onClose, title, before, after }: Props) {
  const isNarrow = useMediaQuery('(max-width: 900px)')
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size="90vw" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Suspense fallback={<Skeleton rows={12} height={19} />}>
        <DiffView before={before} after={after} isUnified={isNarrow} />
      </Suspense>
    </Modal>
  )
}
