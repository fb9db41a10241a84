import { memo, useState } from 'react'
import { CodeMenu, type NodeAction } from './CodeMenu'
import styles from './CodeView.module.css'
import { Highlighted } from './Highlighted'
import { type Line, LONGEST_LINE } from './jsonLines'


interface Props {
  line: Line | undefined
  index: number
  wrong: boolean
  isAt: boolean
  wraps: boolean
  words: string
  isHit: boolean
  onPick: ((path: string) => void) | undefined
  actionsOf: ((index: number) => NodeAction[]) | undefined
}

/** One line with its number; the number opens what can be done with the value that begins here. */
export const CodeLine = memo(function CodeLine({ line, index, wrong, isAt, wraps, words, isHit, onPick, actionsOf }: Props) {
  const [isWhole, setWhole] = useState(false)
  const [wasAsked, setAsked] = useState(false)
  const length = line ? line.parts.reduce((sum, part) => sum + part.text.length, 0) : 0
  const isCut = length > LONGEST_LINE && !isWhole
  const classes = [styles.line, wraps ? styles.wraps : '', wrong ? styles.wrong : '', isAt ? styles.at : '', isHit ? styles.hit : '']
  return (
    <div className={classes.filter(Boolean).join(' ')} data-path={line?.path || undefined} data-line={index}>
      {!(line?.path && actionsOf) && (
        <span className={styles.number} aria-hidden="true">
          {index + 1}
        </span>
      )}
      {line?.path && actionsOf && wasAsked && <CodeMenu number={index + 1} path={line.path} actions={() => actionsOf(index)} />}
      {line?.path && actionsOf && !wasAsked && (
        <button
          type="button"
          className={styles.number}
          aria-haspopup="menu"
          aria-label={`Line ${index + 1}, ${line.path}`}
          title={line.path}
          onClick={() => {
            setAsked(true)
            onPick?.(line.path)
          }}
        >
          {index + 1}
        </button>
      )}
      <span className={styles.text} style={line ? { paddingLeft: line.indent * 14 } : undefined} dir="ltr">
        {!line && '…'}
        {line?.parts.map((part, at) => (
          <span key={at} className={styles[part.kind]}>
            <Highlighted text={isCut ? part.text.slice(0, LONGEST_LINE) : part.text} words={words} />
          </span>
        ))}
        {isCut && (
          <button type="button" className={styles.more} onClick={() => setWhole(true)}>
            … {(length - LONGEST_LINE).toLocaleString('en-GB')} more characters
          </button>
        )}
        {line?.left !== undefined && <span className={styles.sign}>… {line.left.toLocaleString('en-GB')} more characters</span>}
      </span>
    </div>
  )
})
