import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { Segmented } from '@/ui/Segmented'
import { Skeleton } from '@/ui/Skeleton'
import { analyticsQueries, csvAddress } from '../api/queries'
import { percentText } from '../numbers'
import { problemOf } from '../problem'
import type { Scope } from '../search'
import { DocumentDialog } from './DocumentDialog'
import { Inventory } from './Inventory'
import overview from './Overview.module.css'
import { Nothing, Panel } from './Panel'
import { RouteOverrides } from './RouteOverrides'
import { ServicePanel } from './ServicePanel'

/** What the flows exercise, against what the services declare where they have said it. */
export function Coverage({ scope, mayWrite }: { scope: Scope; mayWrite: boolean }) {
  const coverage = useQuery(analyticsQueries.coverage(scope))
  const [shows, setShows] = useState<'all' | 'open'>('all')
  const [isUploading, setUploading] = useState(false)
  const found = coverage.data
  const hosts = [...new Set(found?.inventory.filter((one) => one.protocol === 'http' || one.protocol === 'grpc').map((one) => one.service))]
  return (
    <div className={overview.body}>
      <Panel
        title="Coverage"
        note={
          found &&
          (found.declared > 0
            ? `${found.covered} of ${found.declared} declared operations covered (${percentText(found.share)}): called, asserted on and passed in this time`
            : 'no service has declared its operations yet; what the flows call stands below')
        }
        aside={
          <>
            {found && found.services.length > 0 && <Segmented label="Operations shown" value={shows} options={[['all', 'All'], ['open', 'Not covered']]} onChange={setShows} />}
            {mayWrite && (
              <Button small onClick={() => setUploading(true)}>
                Upload a document
              </Button>
            )}
            <a href={csvAddress('/coverage', scope)} download>
              CSV
            </a>
          </>
        }
        problem={problemOf(coverage)}
        isOld={coverage.isPlaceholderData}
      >
        {coverage.isPending && <Skeleton rows={10} height={26} />}
        {found?.services.length === 0 && (
          <Nothing>With the OpenAPI document or the gRPC descriptor set of a service it is told which of its operations no flow covers, and what is called that it does not declare.</Nothing>
        )}
      </Panel>
      {found?.services.map((service) => <ServicePanel key={service.name} service={service} shows={shows} mayWrite={mayWrite} />)}
      {found && found.inventory.length > 0 && (
        <Panel title="Called without a document" note="services, topics, tables and keys: an inventory, without a percentage" isOld={coverage.isPlaceholderData}>
          <Inventory inventory={found.inventory} mayWrite={mayWrite} />
        </Panel>
      )}
      <RouteOverrides mayWrite={mayWrite} />
      {isUploading && <DocumentDialog hosts={hosts} onClose={() => setUploading(false)} />}
    </div>
  )
}
