import { useEffect, useMemo, useState } from 'react'
import { addressOf } from '@/lib/http'
import { sizeText } from '@/lib/time'
import type { CodeDocument } from '@/ui/codeDocument'
import { CodeKeeper } from '@/ui/codeKeeper'
import type { ItemSource } from '@/ui/itemSource'
import { Notice } from '@/ui/Notice'
import type { SideProps } from './viewer'
import styles from './viewers.module.css'

export interface Whole<Value> {
  /** null until all of it is there. */
  value: Value | null
  progress: string
  problem: string
  again: () => void
}

type Mode = SideProps['mode']

/**
 * All of a long value, as lines. A worker reads, parses and keeps it; what comes here are those in sight.
 *
 * `address`: of the payload call, without offset and limit; null while nobody has asked for all of it.
 */
export function useWholeBody(address: string | null, mode: Mode): Whole<CodeDocument> {
  return useWhole(address, mode, (keeper) => keeper.open(mode))
}

/** All of a long list, as items. */
export function useWholeItems(address: string | null): Whole<ItemSource> {
  return useWhole(address, 'items', (keeper) => keeper.items())
}

/** `form`: what `open` opens it as; another form of the same value is not read again. */
function useWhole<Value>(address: string | null, form: string, open: (keeper: CodeKeeper) => Promise<Value>): Whole<Value> {
  const [progress, setProgress] = useState({ of: '', words: '' })
  const [turn, setTurn] = useState(0)
  const [outcome, setOutcome] = useState<{ of: string; form: string; value: Value | null; problem: string } | null>(null)
  const held = useHeld(address, setProgress)
  useEffect(() => {
    if (address === null || held === null) return
    let isOld = false
    const end = (value: Value | null, problem: string): void => {
      if (!isOld) setOutcome({ of: address, form, value, problem })
    }
    held
      .get()
      .read()
      .then(() => open(held.get()))
      .then(
        (value) => end(value, ''),
        (error: unknown) => end(null, error instanceof Error ? error.message : String(error)),
      )
    return () => {
      isOld = true
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `open` is new at every drawing; `form` says when it is another
  }, [address, held, form, turn])
  const current = outcome?.of === address && outcome.form === form ? outcome : null
  return {
    value: current?.value ?? null,
    progress: progress.of === address ? progress.words : '',
    problem: current?.problem ?? '',
    again: () => {
      setOutcome(null)
      setTurn(turn + 1)
    },
  }
}

/** How far reading all of it is, or why it went no further. */
export function WholeState({ whole }: { whole: Whole<unknown> }) {
  const { value, progress, problem, again } = whole
  if (value) return null
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

type Where = Pick<SideProps, 'attempt' | 'source'>

/** Where all of the value at a JSON pointer is read. */
export function payloadAddress(where: Where, pointer: string): string {
  return addressAt(where, 'payload', pointer)
}

/** Where it is had as a file. */
export function fileAddress(where: Where, pointer: string): string {
  return addressAt(where, 'payload/file', pointer)
}

function addressAt({ attempt, source }: Where, what: string, pointer: string): string {
  const path = source.path.split('/').map(encodeURIComponent).join('/')
  return addressOf(`/executions/${source.execution}/steps/${path}/attempts/${attempt.number}/${what}`, { part: source.part, pointer })
}
