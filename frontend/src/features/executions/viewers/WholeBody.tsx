import { type ReactNode, useEffect, useState } from 'react'
import { addressOf } from '@/lib/http'
import { sizeText } from '@/lib/time'
import type { CodeDocument } from '@/ui/codeDocument'
import { CodeKeeper } from '@/ui/codeKeeper'
import { Notice } from '@/ui/Notice'
import type { SideProps } from './viewer'
import styles from './viewers.module.css'

interface Props {
  /** Of the payload call, without offset and limit. */
  address: string
  mode: SideProps['mode']
  /** What is shown until all of it is there. */
  beginning: ReactNode
  children: (document: CodeDocument) => ReactNode
}

/** All of a long value. A worker reads, parses and keeps it; what comes here are the lines in sight. */
export function WholeBody({ address, mode, beginning, children }: Props) {
  const [progress, setProgress] = useState('')
  const [turn, setTurn] = useState(0)
  const [problem, setProblem] = useState('')
  const [opened, setOpened] = useState<{ mode: SideProps['mode']; document: CodeDocument } | null>(null)
  const keeper = useKeeper(address, setProgress)
  useEffect(() => {
    let isOld = false
    keeper()
      .read()
      .then(() => keeper().open(mode))
      .then(
        (document) => {
          if (!isOld) setOpened({ mode, document })
        },
        (error: unknown) => {
          if (!isOld) setProblem(error instanceof Error ? error.message : String(error))
        },
      )
    return () => {
      isOld = true
    }
  }, [keeper, mode, turn])
  const again = (): void => {
    setProblem('')
    setTurn(turn + 1)
  }
  if (opened?.mode === mode) return children(opened.document)
  return (
    <>
      {problem ? (
        <Notice role="alert" title="The rest could not be read." detail={problem} action={{ label: 'Try again', run: again }} />
      ) : (
        <p className={styles.none} role="status">
          {progress ? `Read ${progress}.` : 'Reading all of it.'}
        </p>
      )}
      {beginning}
    </>
  )
}

/** One worker for as long as the body is shown; it ends with it. */
function useKeeper(address: string, onProgress: (words: string) => void): () => CodeKeeper {
  const [holder] = useState(() => {
    let held: CodeKeeper | null = null
    return {
      get: (): CodeKeeper => (held ??= new CodeKeeper(address, ({ read, total }) => onProgress(`${sizeText(read)} of ${sizeText(total)}`))),
      close: (): void => {
        held?.close()
        held = null
      },
    }
  })
  useEffect(() => holder.close, [holder])
  return holder.get
}

/** Where all of the value at a JSON pointer is read. */
export function payloadAddress({ attempt, source }: Pick<SideProps, 'attempt' | 'source'>, pointer: string): string {
  const path = source.path.split('/').map(encodeURIComponent).join('/')
  return addressOf(`/executions/${source.execution}/steps/${path}/attempts/${attempt.number}/payload`, { part: source.part, pointer })
}
