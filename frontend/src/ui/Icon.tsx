/** Line icons of our own, 16 px, drawn with the colour of the text. */
const PATHS = {
  executions: 'M2 4h12M2 8h8M2 12h5M11 6.5v3M8.5 10.5v3',
  analytics: 'M2 14h12M4 11V8M8 11V3M12 11V6',
  admin: 'M2 4h3M9 4h5M5 2.5h4v3H5zM2 12h6M12 12h2M8 10.5h4v3H8z',
  theme: 'M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12',
  user: 'M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM3 14c.4-3 2.4-4.2 5-4.2s4.6 1.2 5 4.2',
  schedule: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6',
  api: 'M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5',
  cli: 'M2.5 4.5 6 8l-3.5 3.5M8 12h5.5',
  flow: 'M3 2.5h4v4H3zM9 9.5h4v4H9zM5 6.5v5h4',
  rerun: 'M13.2 8a5.2 5.2 0 1 1-1.7-3.9M13.4 1.8v2.9h-2.9',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7 14 14',
  up: 'M8 13V3M3.5 7.5 8 3l4.5 4.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  close: 'M4 4l8 8M12 4l-8 8',
  link: 'M6.5 9.5l3-3M7 4.5l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3.2 3.2 0 0 1 3 8.5L4.5 7',
  export: 'M8 2v8M4.5 6.8 8 10.3l3.5-3.5M2.5 13.5h11',
  stop: 'M5.2 2h5.6L14 5.2v5.6L10.8 14H5.2L2 10.8V5.2zM5.5 8h5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  key: 'M10.5 9.5a4 4 0 1 0-3.7-2.5L2 11.8V14h2.2v-1.6h1.6v-1.6h1.6L8 9.2M11 5h.01',
  check: 'M3 8.5l3.2 3L13 4.5',
  compare: 'M2.5 3h4.5v10H2.5zM9 3h4.5v10H9z',
  back: 'M10 3.5 5.5 8l4.5 4.5',
  play: 'M4.5 2.8v10.4L13 8z',
  environments: 'M2.5 2.5h11v4h-11zM2.5 9.5h11v4h-11zM5 4.5h.01M5 11.5h.01',
  plus: 'M8 3v10M3 8h10',
  history: 'M2.8 8a5.2 5.2 0 1 0 1.7-3.9M2.6 1.8v2.9h2.9M8 5v3.2l2 1.3',
  sparkle: 'M8 2.2l1.3 3.9 3.9 1.3-3.9 1.3L8 12.6 6.7 8.7 2.8 7.4l3.9-1.3zM12.9 11.2v2.6M11.6 12.5h2.6',
  import: 'M8 10.3V2M4.5 5.5 8 2l3.5 3.5M2.5 13.5h11',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ flex: 'none' }}
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
