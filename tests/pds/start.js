// Starts the reference PDS together with the smallest DID directory it can live with.
//
// Both listen on 127.0.0.1 only and keep what they know under PDS_DATA_DIRECTORY or in memory.
// Everything is set by environment variables (the PDS's own `PDS_*` names); ours are
//   MINI_PLC_PORT   port of the DID directory; 0 or absent picks a free one
//   PDS_PORT        port of the PDS; 0 or absent picks a free one
// Standard output: `plc <port>`, `pds <port>`, then `ready`. SIGTERM or a closed standard input
// (when PDS_EXIT_WITH_STDIN=1) ends it.
'use strict'

const http = require('node:http')
const net = require('node:net')
const plc = require('@did-plc/lib')
const { PDS, readEnv, envToCfg, envToSecrets } = require('@atproto/pds')

const HOST = '127.0.0.1'

/** A port that was free a moment ago: the PDS needs to know its own before it is made. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.on('error', reject)
    probe.listen(0, HOST, () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

async function portFrom(name) {
  const asked = Number(process.env[name] || 0)
  return asked > 0 ? asked : freePort()
}

function readBody(request) {
  return new Promise((resolve, reject) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.on('error', reject)
  })
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/**
 * A DID directory that remembers the last operation of each DID. The real one keeps the whole
 * signed history; nothing the tests do looks at it.
 */
function startDirectory(port) {
  const lastOperation = new Map()
  const server = http.createServer(async (request, response) => {
    const did = decodeURIComponent(request.url.slice(1).split(/[/?]/)[0])
    if (request.method === 'POST') {
      lastOperation.set(did, JSON.parse(await readBody(request)))
      return answer(response, 200, {})
    }
    const operation = lastOperation.get(did)
    if (!operation) return answer(response, 404, { message: 'DID not registered' })
    answer(response, 200, plc.formatDidDoc({ did, ...operation }))
  })
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(port, HOST, () => resolve(server))
  })
}

async function main() {
  const directoryPort = await portFrom('MINI_PLC_PORT')
  const pdsPort = await portFrom('PDS_PORT')
  process.env.PDS_PORT = String(pdsPort)
  process.env.PDS_DID_PLC_URL ||= `http://${HOST}:${directoryPort}`

  const directory = await startDirectory(directoryPort)
  const env = readEnv()
  const pds = await PDS.create(envToCfg(env), envToSecrets(env))
  // The PDS listens on every interface; a test server must not.
  const listen = pds.app.listen.bind(pds.app)
  pds.app.listen = (port) => listen(port, HOST)
  await pds.start()

  console.log(`plc ${directoryPort}`)
  console.log(`pds ${pdsPort}`)
  console.log('ready')

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await pds.destroy()
    directory.close()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  if (process.env.PDS_EXIT_WITH_STDIN === '1') {
    // A test that is killed cannot send SIGTERM, but its end of the pipe closes.
    process.stdin.resume()
    process.stdin.on('end', stop)
    process.stdin.on('close', stop)
  }
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
