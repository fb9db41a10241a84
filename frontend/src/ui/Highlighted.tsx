import styles from './CodeView.module.css'
import { Masked } from './Masked'

const MOST = 200

/** Text with what was searched for marked. */
export function Highlighted({ text, words }: { text: string; words: string }) {
  const wanted = words.toLowerCase()
  const lower = text.toLowerCase()
  // Where lower case has another length (İ), places would not be those of the text.
  if (!wanted || lower.length !== text.length || !lower.includes(wanted)) return <Masked text={text} />
  const parts: React.ReactNode[] = []
  let end = 0
  for (let at = lower.indexOf(wanted); at >= 0 && parts.length < MOST; at = lower.indexOf(wanted, end)) {
    parts.push(<Masked key={`before ${at}`} text={text.slice(end, at)} />)
    parts.push(
      <mark key={at} className={styles.mark}>
        {text.slice(at, at + wanted.length)}
      </mark>,
    )
    end = at + wanted.length
  }
  parts.push(<Masked key="rest" text={text.slice(end)} />)
  return parts
}
