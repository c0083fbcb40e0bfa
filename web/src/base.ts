// Where this workspace lives: '' for the host's own, '/w/NAME' for one named by prefix.
export const base = /^\/w\/[a-z0-9][a-z0-9_-]*/.exec(location.pathname)?.[0] ?? '';

/** A path of the API, "/customers/cus_…", as the browser must ask for it. */
export const apiPath = (path: string) => `${base}/api/v1${path}`;

/** What someone outside must call: with the visitor's own host. */
export const apiAddress = (path: string) => `${location.origin}${apiPath(path)}`;

/** The first workspace is called main, which says nothing to anybody. */
export const workspaceName = (name: string) => (name === 'main' ? 'Rapport' : name);
