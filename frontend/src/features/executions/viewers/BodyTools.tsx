import { useEffect, useRef, useState } from 'react'
import { countText } from '@/lib/time'
import { Button } from '@/ui/Button'
import type { CodeDocument } from '@/ui/codeDocument'
import { Icon } from '@/ui/Icon'
import styles from './BodyTools.module.css'

/** What a search found: numbers of lines, and which of them is shown. */
export interface Found {
  of: CodeDocument | null
  words: string
  /** null while they are looked for. */
  hits: ArrayLike<number> | null
  at: number
}

export const NOTHING_FOUND: Found = { of: null, words: '', hits: [], at: 0 }

interface Props {
  whole: CodeDocument
  shown: CodeDocument
  isJson: boolean
  found: Found
  onFound: (found: Found) => void
  onFiltered: (document: CodeDocument | null) => void
}

const PAUSE = 150

/** A search through the lines shown, and a JSONPath that chooses which are. */
export function BodyTools({ whole, shown, isJson, found, onFound, onFiltered }: Props) {
  const [path, setPath] = useState('')
  const [problem, setProblem] = useState('')
  const looks = useRef(0)
  const look = async (words: string): Promise<void> => {
    looks.current += 1
    const own = looks.current
    onFound({ of: shown, words, hits: words ? null : [], at: 0 })
    const hits = words ? await shown.search(words) : []
    if (words && own === looks.current) onFound({ of: shown, words, hits, at: 0 })
  }
  const hits = found.of === shown ? found.hits : null
  const move = (by: number): void => {
    if (hits && hits.length > 0) onFound({ ...found, at: (found.at + by + hits.length) % hits.length })
  }
  useEffect(() => {
    if (found.words && found.of !== shown) void look(found.words)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- looked for again when other lines are shown
  }, [shown])
  useEffect(() => {
    if (!path.trim()) return
    let isOld = false
    const timer = window.setTimeout(() => {
      whole.filtered(path.trim()).then(
        (document) => {
          if (isOld) return
          setProblem('')
          onFiltered(document)
        },
        (error: unknown) => {
          if (!isOld) setProblem(error instanceof Error ? error.message : 'This is no JSONPath.')
        },
      )
    }, PAUSE)
    return () => {
      isOld = true
      window.clearTimeout(timer)
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the callback is new at every drawing
  }, [path, whole])
  const narrow = (text: string): void => {
    setPath(text)
    if (text.trim()) return
    setProblem('')
    onFiltered(null)
  }
  return (
    <div className={styles.tools}>
      <label className={styles.field}>
        <Icon name="search" size={12} />
        <input
          value={found.words}
          aria-label="Search in the body"
          placeholder="Search"
          spellCheck={false}
          onChange={(event) => void look(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') move(event.shiftKey ? -1 : 1)
          }}
        />
      </label>
      {found.words && (
        <span className={styles.hits} role="status">
          {hits === null ? 'looking' : hits.length > 0 ? `${found.at + 1} of ${countText(hits.length, 'line')}` : 'nothing'}
        </span>
      )}
      {hits !== null && hits.length > 1 && (
        <>
          <Button small aria-label="Hit before" onClick={() => move(-1)}>
            <Icon name="up" size={12} />
          </Button>
          <Button small aria-label="Next hit" onClick={() => move(1)}>
            <Icon name="down" size={12} />
          </Button>
        </>
      )}
      {isJson && (
        <label className={styles.field} data-wrong={problem !== ''}>
          <span className={styles.dollar}>JSONPath</span>
          <input value={path} aria-label="Filter by a JSONPath" placeholder="$.items[?@.price > 3]" spellCheck={false} onChange={(event) => narrow(event.target.value)} />
        </label>
      )}
      {problem && (
        <span className={styles.problem} role="alert">
          {problem}
        </span>
      )}
    </div>
  )
}
