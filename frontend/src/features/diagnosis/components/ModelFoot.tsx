import { useState } from 'react'
import { sizeText } from '@/lib/time'
import type { Analysis, Subject } from '../analysis'
import { costText, secondsText, tokensText } from '../money'
import styles from './analysis.module.css'
import { WhatWasSent } from './WhatWasSent'

/** Which model, how long, how much; and exactly what was sent. */
export function ModelFoot({ analysis, now, subject }: { analysis: Analysis; now: number; subject: Subject }) {
  const [isOpen, setOpen] = useState(false)
  const isOther = 'execution' in subject && analysis.execution !== subject.execution
  const parts = [
    analysis.model,
    secondsText(analysis, now),
    tokensText(analysis),
    analysis.status === 'done' ? (costText(analysis.cost) ?? 'price not known') : null,
    `${sizeText(analysis.characters_sent)} sent, secrets masked`,
    analysis.asked_itself ? 'asked automatically' : `asked by ${analysis.asked_by}`,
    isOther ? `about #${analysis.execution ?? ''}` : null,
  ]
  return (
    <>
      <span className={styles.quiet} data-took>{parts.filter((part) => part !== null).join(' · ')}</span>
      <button type="button" className={`${styles.link ?? ''} ${styles.right ?? ''}`} onClick={() => setOpen(true)}>
        what was sent
      </button>
      {isOpen && <WhatWasSent of={{ analysis: analysis.id }} onClose={() => setOpen(false)} />}
    </>
  )
}
