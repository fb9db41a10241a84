import { Link } from '@tanstack/react-router'
import { countText, durationText } from '@/lib/time'
import type { Divergence, Since } from '../api/comparing'
import { FromTo } from './FromTo'
import styles from './comparing.module.css'

/** What else is not as it was when the flow last passed. */
export function SinceLastPass({ executionId, divergence }: { executionId: number; divergence: Divergence }) {
  const { partner, since, first } = divergence
  if (!partner || !since) return null
  return (
    <section className={styles.since} aria-label="Since the last pass">
      <header>
        <h2>Since the last pass, #{partner.id}</h2>
        <Link to="/executions/$executionId/compare" params={{ executionId: String(executionId) }} search={{ with: partner.id, step: first?.path }}>
          open the comparison
        </Link>
      </header>
      <dl>
        <Row name="Flow">
          <FlowWords since={since} />
        </Row>
        <Row name="Environment">
          <EnvironmentWords since={since} />
        </Row>
        {since.overrides.length > 0 && (
          <Row name="Overrides">
            <Changes of={since.overrides} />
          </Row>
        )}
        {since.services.length > 0 && (
          <Row name="Service seen">
            <ServiceWords since={since} />
          </Row>
        )}
        <Row name="Platform">
          <PlatformWords since={since} />
        </Row>
        {divergence.not_compared.length > 0 && (
          <Row name="Not compared">{countText(divergence.not_compared.length, 'response')}, too large: {divergence.not_compared.slice(0, 3).join(', ')}</Row>
        )}
      </dl>
    </section>
  )
}

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

export function FlowWords({ since }: { since: Since }) {
  if (since.left_version === since.right_version) return <>same version, {since.right_version}</>
  return (
    <>
      version <FromTo left={since.left_version} right={since.right_version} />
    </>
  )
}

const SHOWN = 6

export function EnvironmentWords({ since: { environment } }: { since: Since }) {
  if (environment.left !== environment.right) return <FromTo left={environment.left || 'none'} right={environment.right || 'none'} />
  if (!environment.right) return <>none</>
  if (environment.is_same) return <>same values, {countText(environment.variables, 'variable')}</>
  if (environment.is_unexplained) return <>it changed, by something that is not kept: a secret that was deleted, perhaps</>
  return <Changes of={environment.changes} />
}

export function Changes({ of }: { of: Since['overrides'] }) {
  return (
    <ul className={styles.changes}>
      {of.slice(0, SHOWN).map((one) => (
        <li key={one.name}>
          <code>{one.name}</code> <FromTo kind={one.kind} left={one.left} right={one.right} />
        </li>
      ))}
      {of.length > SHOWN && <li className={styles.words}>and {of.length - SHOWN} more</li>}
    </ul>
  )
}

export function ServiceWords({ since: { services } }: { since: Since }) {
  const changed = services.filter((one) => one.left !== one.right)
  if (changed.length === 0) return <>{countText(services.length, 'service')}, same versions</>
  return (
    <ul className={styles.changes}>
      {changed.map((one) => (
        <li key={`${one.service} ${one.header}`}>
          <code>{one.service}</code>{' '}
          <span className={styles.fromTo}>
            {one.left === null ? <span className={styles.words}>not seen</span> : <del>{one.left}</del>} {one.right === null ? <span className={styles.words}>not seen</span> : <ins>{one.right}</ins>}
          </span>{' '}
          <span className={styles.words}>{one.header}</span>
        </li>
      ))}
    </ul>
  )
}

const SLOW_QUEUE_MS = 5000

function PlatformWords({ since }: { since: Since }) {
  const { left_platform: before, right_platform: now } = since
  const isSlower = (now.queue_ms ?? 0) > SLOW_QUEUE_MS && (now.queue_ms ?? 0) > 3 * (before.queue_ms ?? 0)
  const workers = now.workers.length > 0 ? `${now.workers.length === 1 ? 'worker' : 'workers'} ${now.workers.slice(0, 3).join(', ')}` : 'no worker'
  return (
    <>
      {isSlower ? `waited longer for a worker, ${durationText(before.queue_ms)} before` : 'nothing to report'} · {workers}, queue {durationText(now.queue_ms)}
    </>
  )
}
