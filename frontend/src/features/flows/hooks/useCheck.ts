import { useEffect, useState } from 'react'
import { Problem as Refusal } from '@/lib/http'
import { checkText } from '../api/queries'
import type { Problem } from '../api/types'

const PAUSE = 350

export interface Checked {
  problems: Problem[]
  /** The text that these are the problems of. */
  text: string | null
  refusal: string | null
}

/** What is wrong with a text, asked of the server a moment after somebody stops typing. */
export function useCheck(text: string, filename: string, environment: string): Checked {
  const [checked, setChecked] = useState<Checked>({ problems: [], text: null, refusal: null })
  useEffect(() => {
    const leaving = new AbortController()
    const timer = window.setTimeout(() => {
      checkText(text, filename, environment || undefined, leaving.signal).then(
        (problems) => setChecked({ problems, text, refusal: null }),
        (error: unknown) => {
          if (error instanceof Refusal) setChecked((before) => ({ ...before, refusal: error.message }))
          else if (!leaving.signal.aborted) throw error
        },
      )
    }, PAUSE)
    return () => {
      window.clearTimeout(timer)
      leaving.abort()
    }
  }, [text, filename, environment])
  return checked
}
