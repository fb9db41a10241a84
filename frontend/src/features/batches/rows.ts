import { Problem } from '@/lib/http'
import { countText } from '@/lib/time'
import { statusLook } from '@/ui/runStatus'
import type { Tone } from '@/ui/StatusIcon'
import type { Batch, BatchRow } from './api'

/** JSON where the name says so, else CSV. */
export function formatOf(filename: string): 'csv' | 'json' {
  return filename.toLowerCase().endsWith('.json') ? 'json' : 'csv'
}

/** A row that started something looks as its execution does. */
export function rowLook(row: BatchRow): { label: string; tone: Tone } {
  if (row.execution) return statusLook(row.execution.status)
  if (row.status === 'cancelled') return statusLook('cancelled')
  if (row.status === 'waiting') return { label: 'Waiting', tone: 'wait' }
  return { label: row.status === 'started' ? 'Run deleted' : 'Not started', tone: 'fail' }
}

const PARTS = ['passed', 'failed', 'timed_out', 'cancelled', 'running', 'waiting'] as const

/** The totals in words, without those that are none. */
export function totalsText({ counts }: Batch): string {
  const parts = PARTS.filter((part) => counts[part] > 0).map((part) => `${counts[part]} ${part.replace('_', ' ')}`)
  const excused = counts.quarantined ? `, ${counts.quarantined} of them in quarantine` : ''
  return `${countText(counts.total, 'row')}: ${parts.join(', ') || 'none started'}${excused}`
}

/** How many rows may run again as those that did not pass. */
export function notPassed({ counts }: Batch): number {
  return counts.failed + counts.timed_out + counts.cancelled
}

export interface Mistake {
  row: number | null
  column: string | null
  message: string
}

/** Every place of the file that cannot be read, where that is what is wrong. */
export function mistakesOf(error: Error | null): Mistake[] {
  return error instanceof Problem && Array.isArray(error.told.mistakes) ? (error.told.mistakes as Mistake[]) : []
}
