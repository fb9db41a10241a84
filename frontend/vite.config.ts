import react from '@vitejs/plugin-react'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** Writes `name.gz` and `name.br` beside every text file, which whitenoise then sends. After everything: Vite changes files late. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir = 'dist' }, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!/\.(js|css|svg)$/.test(name)) continue
        const text = readFileSync(join(dir, name))
        writeFileSync(join(dir, `${name}.gz`), gzipSync(text, { level: 9 }))
        const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(text, options))
      }
    },
  }
}

export default defineConfig({
  base: '/static/',
  plugins: [react(), compressed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  html: { cspNonce: 'STYLE_NONCE' },
  build: {
    assetsDir: 'pages',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    sourcemap: false,
  },
  worker: { format: 'es' },
  server: { host: '127.0.0.1' },
  test: { environment: 'happy-dom', setupFiles: ['src/test-setup.ts'], css: false, restoreMocks: true },
})
