import styles from './Masked.module.css'

const TOKEN = /‹secret(?::([^›]{0,120}))?›/g

/** Text in which what was masked when it was recorded shows as a chip. */
export function Masked({ text }: { text: string }) {
  if (!text.includes('‹secret')) return text
  const parts: React.ReactNode[] = []
  let end = 0
  for (const found of text.matchAll(TOKEN)) {
    parts.push(text.slice(end, found.index))
    parts.push(
      <span key={found.index} className={styles.chip} title="A secret: its value is in no record.">
        {found[1] ? `$${found[1]}` : 'secret'}
      </span>,
    )
    end = found.index + found[0].length
  }
  parts.push(text.slice(end))
  return parts
}
