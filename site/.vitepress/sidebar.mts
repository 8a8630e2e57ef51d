import type { DefaultTheme } from 'vitepress'

type Pages = Readonly<Record<string, string>>

/** The pages of the site in their order, by section: the text of the link, and the page. */
const sections: Readonly<Record<string, Pages>> = {
  Start: {
    'Getting started': 'getting-started',
    Models: 'models',
    TypeORM: 'typeorm',
    Sequelize: 'sequelize',
    'Tools and set-ups': 'tooling',
  },
  Guides: {
    'The life of a session': 'lifecycle',
    'Parallel requests': 'concurrency',
    Security: 'security',
    Cookies: 'cookies',
    'Tokens and transports': 'transports',
    WebSockets: 'websockets',
    Testing: 'testing',
    Recipes: 'recipes',
    Migrations: 'migrations',
    Performance: 'performance',
    Deployment: 'deployment',
    Telemetry: 'telemetry',
    Scaling: 'scaling',
    'express-session and NestJS': 'express-session',
  },
  'Coming from': {
    'Another package': 'migrate',
    'koa-session': 'migrate-from-koa-session',
    'koa-generic-session': 'migrate-from-koa-generic-session',
    'connect-typeorm': 'migrate-from-connect-typeorm',
    'connect-session-sequelize': 'migrate-from-connect-session-sequelize',
    'connect-pg-simple': 'migrate-from-connect-pg-simple',
    'express-mysql-session': 'migrate-from-express-mysql-session',
  },
  Reference: {
    'The session manager': 'manager',
    Errors: 'errors',
    'The command line': 'cli',
    'Databases and drivers': 'databases',
    'Other engines': 'engines',
    Dependencies: 'dependencies',
    API: 'api/index',
    Benchmarks: 'bench/RESULTS',
    'How to benchmark': 'bench/README',
    Changes: 'changelog',
  },
  Internals: {
    Internals: 'internals',
    'Threat model': 'threat-model',
    'Write a backend': 'write-a-backend',
    'Write an adapter': 'write-an-adapter',
    Decisions: 'decisions/index',
    Contributing: 'contributing',
    'Report a vulnerability': 'reporting',
  },
}

/** All pages that the sidebar leads to. */
export const listed: readonly string[] = Object.values(sections).flatMap((pages) => Object.values(pages))

export const sidebar: DefaultTheme.SidebarItem[] = Object.entries(sections).map(([text, pages]) => ({
  text,
  items: Object.entries(pages).map(([text, page]) => ({ text, link: `/${page.replace(/(^|\/)index$/, '$1')}` })),
}))
