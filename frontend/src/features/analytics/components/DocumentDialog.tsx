import { Modal } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { Segmented } from '@/ui/Segmented'
import { analyticsQueries, putDocument } from '../api/queries'
import { hostsOf, textOf } from '../documentFile'
import styles from './QuarantineDialog.module.css'

const NAME = /^[-a-zA-Z0-9_]{1,64}$/

/** What a service declares: an OpenAPI document, or a gRPC descriptor set. One of the same name takes the place of the last. */
export function DocumentDialog({ hosts, onClose }: { hosts: readonly string[]; onClose: () => void }) {
  const queries = useQueryClient()
  const [protocol, setProtocol] = useState<'http' | 'grpc'>('http')
  const [name, setName] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const [services, setServices] = useState('')
  const upload = useMutation({
    mutationFn: async (from: File) => putDocument(name, { protocol, services: hostsOf(services), text: await textOf(from, protocol) }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: analyticsQueries.all })
      onClose()
    },
  })
  const chosen = hostsOf(services)
  const toggle = (host: string): void => setServices((chosen.includes(host) ? chosen.filter((one) => one !== host) : [...chosen, host]).join('\n'))
  const isReady = NAME.test(name) && file !== null && chosen.length > 0
  return (
    <Modal opened onClose={onClose} size="lg" title="What a service declares" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) upload.mutate(file)
        }}
      >
        <Segmented label="Kind of document" value={protocol} options={[['http', 'OpenAPI'], ['grpc', 'gRPC descriptor set']]} onChange={setProtocol} />
        <Field label="Name" hint="shop: letters, digits and dashes. One of the same name is replaced." problem={name && !NAME.test(name) ? 'Letters, digits and dashes only.' : undefined}>
          <input value={name} data-autofocus autoComplete="off" onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Document" hint={protocol === 'http' ? 'OpenAPI 3.0 or 3.1, YAML or JSON.' : 'Made by protoc --descriptor_set_out.'}>
          <input type="file" onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
        </Field>
        <Field label="Hosts it answers at" hint="As steps call them, a line each: shop.internal:8080">
          <textarea rows={3} value={services} onChange={(event) => setServices(event.target.value)} />
        </Field>
        {hosts.length > 0 && (
          <div className={styles.hosts} role="group" aria-label="Hosts that flows call">
            {hosts.map((host) => (
              <label key={host}>
                <input type="checkbox" checked={chosen.includes(host)} onChange={() => toggle(host)} />
                {host}
              </label>
            ))}
          </div>
        )}
        {upload.error && (
          <p role="alert" className={styles.refused}>
            {upload.error.message}
          </p>
        )}
        <div className={styles.choices}>
          <Button type="submit" look="primary" disabled={!isReady || upload.isPending}>
            Upload it
          </Button>
        </div>
      </form>
    </Modal>
  )
}
