import { useEffect, useMemo, useState } from 'react'
import { addressOf } from '@/lib/http'
import { sizeText } from '@/lib/time'
import type { CodeDocument } from '@/ui/codeDocument'
import { CodeKeeper } from '@/ui/codeKeeper'
import { Notice } from '@/ui/Notice'
import type { SideProps } from './viewer'
import styles from './viewers.module.css'

export interface Whole {
  /** null until all of it is there. */
  document: CodeDocument | null
  progress: string
  problem: string
  again: () => void
}

type Mode = SideProps['mode']

/**
 * All of a long value. A worker reads, parses and keeps it; what comes here are the lines in sight.
 *
 * `address`: of the payload call, without offset and limit; null while nobody has asked for all of it.
 */
export function useWholeBody(address: string | null, mode: Mode): Whole {
  const [progress, setProgress] = useState({ of: '', words: '' })
  const [turn, setTurn] = useState(0)
  const [outcome, setOutcome] = useState<{ of: string; mode: Mode; document: CodeDocument | null; problem: string } | null>(null)
  const held = useHeld(address, setProgress)
  useEffect(() => {
    if (address === null || held === null) return
    let isOld = false
    const end = (document: CodeDocument | null, problem: string): void => {
      if (!isOld) setOutcome({ of: address, mode, document, problem })
    }
    held
      .get()
      .read()
      .then(() => held.get().open(mode))
      .then(
        (document) => end(document, ''),
        (error: unknown) => end(null, error instanceof Error ? error.message : String(error)),
      )
    return () => {
      isOld = true
    }
  }, [address, held, mode, turn])
  const current = outcome?.of === address && outcome.mode === mode ? outcome : null
  return {
    document: current?.document ?? null,
    progress: progress.of === address ? progress.words : '',
    problem: current?.problem ?? '',
    again: () => {
      setOutcome(null)
      setTurn(turn + 1)
    },
  }
}

/** How far reading all of it is, or why it went no further. */
export function WholeState({ whole }: { whole: Whole }) {
  const { document, progress, problem, again } = whole
  if (document) return null
  if (problem) return <Notice role="alert" title="The rest could not be read." detail={problem} action={{ label: 'Try again', run: again }} />
  return (
    <p className={styles.none} role="status">
      {progress ? `Read ${progress}.` : 'Reading all of it.'}
    </p>
  )
}

type OnProgress = (progress: { of: string; words: string }) => void

/** One worker for as long as the body is shown; it begins when it is first asked and ends with the body. */
class Held {
  private keeper: CodeKeeper | null = null

  constructor(
    private readonly address: string,
    private readonly onProgress: OnProgress,
  ) {}

  get(): CodeKeeper {
    const { address: of, onProgress } = this
    return (this.keeper ??= new CodeKeeper(of, ({ read, total }) => onProgress({ of, words: `${sizeText(read)} of ${sizeText(total)}` })))
  }

  close(): void {
    this.keeper?.close()
    this.keeper = null
  }
}

function useHeld(address: string | null, onProgress: OnProgress): Held | null {
  const held = useMemo(() => (address === null ? null : new Held(address, onProgress)), [address, onProgress])
  useEffect(() => () => held?.close(), [held])
  return held
}

/** Where all of the value at a JSON pointer is read. */
export function payloadAddress({ attempt, source }: Pick<SideProps, 'attempt' | 'source'>, pointer: string): string {
  const path = source.path.split('/').map(encodeURIComponent).join('/')
  return addressOf(`/executions/${source.execution}/steps/${path}/attempts/${attempt.number}/payload`, { part: source.part, pointer })
}
