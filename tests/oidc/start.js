// Starts oidc-provider, a certified OAuth 2 server, on 127.0.0.1 at a free port.
//
// Whoever signs in is ana, who agrees at once; with `login_hint=deny` she refuses. The clients:
//   native   a desktop program without a secret
//   basic    shows its secret in the header
//   post     shows its secret in the form
// Each comes back to http://127.0.0.1:<any port>/callback. OIDC_SECRET is the secret of the last two.
// POST /test/pass?seconds=90 moves the server's clock on.
// Standard output: `port <number>`, then `ready`. A closed standard input ends it.
import http from 'node:http'
import Provider from 'oidc-provider'

const HOST = '127.0.0.1'
const SCOPES = ['openid', 'offline_access', 'posts']

/** The server's clock, which the tests move. */
const clock = Date.now.bind(Date)
let passed = 0
Date.now = () => clock() + passed

function client(id, method) {
  const secret = method === 'none' ? {} : { client_secret: process.env.OIDC_SECRET }
  return {
    client_id: id,
    application_type: 'native',
    token_endpoint_auth_method: method,
    redirect_uris: [`http://${HOST}/callback`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...secret,
  }
}

const configuration = {
  clients: [
    client('native', 'none'),
    client('basic', 'client_secret_basic'),
    client('post', 'client_secret_post'),
  ],
  cookies: { keys: ['a key of these tests alone'] },
  scopes: SCOPES,
  pkce: { required: () => true },
  rotateRefreshToken: () => true,
  issueRefreshToken: async (ctx, _client, code) => code.scopes.has('offline_access'),
  // Otherwise what has run out counts for some seconds more.
  clockTolerance: 0,
  ttl: {
    AccessToken: 600,
    AuthorizationCode: 60,
    Grant: 86_400,
    Interaction: 600,
    RefreshToken: 86_400,
    Session: 86_400,
  },
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
}

/** Answers the page on which a person signs in and agrees. */
async function interact(provider, request, response) {
  const { params, prompt, session, grantId } = await provider.interactionDetails(request, response)
  const finish = (result) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
  if (params.login_hint === 'deny')
    return finish({ error: 'access_denied', error_description: 'The person refused.' })
  if (prompt.name === 'login') return finish({ login: { accountId: 'ana' } })
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  return finish({ consent: { grantId: await grant.save() } })
}

const server = http.createServer()
server.listen(0, HOST, () => {
  const { port } = server.address()
  const provider = new Provider(`http://${HOST}:${port}`, configuration)
  const answer = provider.callback()
  server.on('request', (request, response) => {
    const url = new URL(request.url, `http://${HOST}`)
    if (url.pathname === '/test/pass') {
      passed += Number(url.searchParams.get('seconds')) * 1000
      return response.end()
    }
    if (!url.pathname.startsWith('/interaction/')) return answer(request, response)
    interact(provider, request, response).catch((error) => {
      response.statusCode = 500
      response.end(String(error))
    })
  })
  console.log(`port ${port}`)
  console.log('ready')
})

// A test that is killed can say nothing, but its end of the pipe closes.
process.stdin.resume()
process.stdin.on('close', () => process.exit(0))
process.stdin.on('end', () => process.exit(0))
