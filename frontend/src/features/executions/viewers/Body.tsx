import { useMemo, useState } from 'react'
import { parseExact } from '@/lib/exactJson'
import { sizeText } from '@/lib/time'
import { Button } from '@/ui/Button'
import { CodeView } from '@/ui/CodeView'
import styles from './viewers.module.css'

interface Props {
  label: string
  body: unknown
  wrong?: readonly string[]
  at?: string | undefined
  onPick?: ((path: string) => void) | undefined
}

const FIRST_CHARACTERS = 64 * 1024

/** A body: JSON in lines; text as it came, the first 64 KB at once; what is neither as its base64. */
export function Body({ label, body, wrong, at, onPick }: Props) {
  const value = useMemo(() => (typeof body === 'string' ? parsed(body) : body), [body])
  if (body === null || body === undefined || body === '') return <p className={styles.none}>No body.</p>
  if (typeof value === 'string') return <LongText label={label} text={value} />
  return <CodeView label={label} value={value} wrong={wrong ?? []} at={at} onPick={onPick} />
}

function LongText({ label, text }: { label: string; text: string }) {
  const [end, setEnd] = useState(FIRST_CHARACTERS)
  return (
    <>
      <CodeView label={label} text={text.slice(0, end)} />
      {text.length > end && (
        <p className={styles.more}>
          Showing {sizeText(end)} of {sizeText(text.length)}
          <Button small onClick={() => setEnd(end + FIRST_CHARACTERS)}>
            Next {sizeText(FIRST_CHARACTERS)}
          </Button>
        </p>
      )}
    </>
  )
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return parseExact(text)
  } catch {
    return text
  }
}
