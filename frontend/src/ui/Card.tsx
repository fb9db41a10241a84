import styles from './Card.module.css'

interface Props {
  title?: React.ReactNode
  aside?: React.ReactNode
  children: React.ReactNode
  tone?: 'fail' | 'retry' | undefined
}

export function Card({ title, aside, children, tone }: Props) {
  return (
    <section className={`${styles.card ?? ''} ${tone ? (styles[tone] ?? '') : ''}`}>
      {(title !== undefined || aside !== undefined) && (
        <header className={styles.head}>
          <h3 className={styles.title}>{title}</h3>
          <div className={styles.aside}>{aside}</div>
        </header>
      )}
      {children}
    </section>
  )
}
