/** A WebSocket that comes back by itself. Every message is a hint: what it changed is read from the API. */

export interface Told {
  seq: number
  type: string
  data: Record<string, unknown>
  execution?: number
}

export type SocketState = 'connecting' | 'open' | 'closed' | 'refused'

interface Listener {
  told: (messages: Told[]) => void
  state: (state: SocketState) => void
}

const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000
const SIGNED_OUT = 4401
const NEVER_AGAIN = new Set([SIGNED_OUT, 4403, 4404])
const TRIES_WITHOUT_SUCCESS = 2

/** Returns what closes it. `address` is asked each time, because it names the last number seen. */
export function listen(address: () => string, listener: Listener): () => void {
  let socket: WebSocket | undefined
  let timer: number | undefined
  let pause = FIRST_PAUSE
  let failures = 0
  let done = false
  let wasOpen = false
  let wasHeard = false

  const open = (): void => {
    listener.state('connecting')
    wasHeard = false
    socket = new WebSocket(new URL(address(), location.href.replace(/^http/, 'ws')))
    socket.onopen = () => {
      pause = FIRST_PAUSE
      failures = 0
      wasOpen = true
      listener.state('open')
    }
    socket.onmessage = (event: MessageEvent<string>) => {
      wasHeard = true
      const frame = JSON.parse(event.data) as Told | Told[]
      listener.told(Array.isArray(frame) ? frame : [frame])
    }
    socket.onclose = (event) => {
      if (done) return
      failures += 1
      // Whose password was changed in another tab has a new cookie by now.
      const isOtherCookie = event.code === SIGNED_OUT && wasHeard
      if ((NEVER_AGAIN.has(event.code) && !isOtherCookie) || (!wasOpen && failures >= TRIES_WITHOUT_SUCCESS)) {
        listener.state('refused')
        return
      }
      listener.state('closed')
      timer = window.setTimeout(open, pause * (0.75 + Math.random() / 2))
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    }
  }
  open()
  return () => {
    done = true
    window.clearTimeout(timer)
    socket?.close()
  }
}
