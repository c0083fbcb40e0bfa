import '../style/frame.css';
import '../style/float.css';
import '../style/forms.css';
import '../style/experience.css';
import '../style/records.css';
import '../style/pages.css';
import '../style/narrow.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useReducer, useRef } from 'react';
import { I18nProvider, RouterProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { Redirect, Route, Router, Switch, useLocation } from 'wouter';
import { Problem } from '../api.ts';
import { base } from '../base.ts';
import { Experience } from '../experience/page.tsx';
import { onLanguage, t } from '../i18n.ts';
import { refresher } from '../live/refresh.ts';
import { openStream } from '../live/stream.ts';
import type { Me } from '../types.ts';
import { Page, Waiting } from '../ui/basics.tsx';
import { Frame } from './frame.tsx';
import { listenToKeys } from './keys.ts';
import { MeContext } from './session.ts';

const ImportPage = lazy(() => import('../import/page.tsx'));
const SettingsPage = lazy(() => import('../settings/page.tsx'));
const ConversationPage = lazy(() => import('../records/conversation.tsx'));
const CustomerPage = lazy(() => import('../records/customer.tsx'));

export function openApp(root: HTMLElement, me: Me): void {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: true,
        // What the server refused it refuses again; a lost connection is worth another try.
        retry: (count, error) =>
          count < 3 && error instanceof Problem && (error.status === 0 || error.status >= 500),
      },
    },
  });
  createRoot(root).render(
    <QueryClientProvider client={client}>
      <MeContext value={me}>
        <App client={client} />
      </MeContext>
    </QueryClientProvider>,
  );
}

function App({ client }: { client: QueryClient }) {
  const [language, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => onLanguage(again), []);
  useEffect(listenToKeys, []);
  useEffect(() => {
    const refresh = refresher(client);
    const close = openStream({
      events: refresh.events,
      reset: refresh.all,
      signedOut: () => location.reload(),
    });
    return () => {
      close();
      refresh.stop();
    };
  }, [client]);
  return (
    <I18nProvider locale={document.documentElement.lang} key={language}>
      <Router base={base}>
        <Routed />
      </Router>
    </I18nProvider>
  );
}

function Routed() {
  const [path, go] = useLocation();
  useFocusOnArrival(path);
  return (
    <RouterProvider navigate={(to) => go(to)} useHref={(to) => base + to}>
      <Frame>
        <Suspense fallback={<Waiting />}>
          <Switch>
            <Route path="/">
              <Redirect to={`/experience${location.search}`} replace />
            </Route>
            <Route path="/experience" component={Experience} />
            <Route path="/import" component={ImportPage} />
            <Route path="/import/:id" component={ImportPage} />
            <Route path="/settings" component={SettingsPage} />
            <Route path="/settings/:section" component={SettingsPage} />
            <Route path="/conversations/:id" component={ConversationPage} />
            <Route path="/customers/:id" component={CustomerPage} />
            <Route>
              <Page title={t('error.no_page')}>
                <p>{t('error.no_page_detail')}</p>
              </Page>
            </Route>
          </Switch>
        </Suspense>
      </Frame>
    </RouterProvider>
  );
}

const FRAMES_MAX = 60;

/** A new page begins at its top, for the eye and for the keyboard. */
function useFocusOnArrival(path: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (path === '/') return; // only leads on
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(0, 0);
    // A drawer that the link stood in closes first: until then the page below cannot be focused.
    let frame = 0;
    const focus = (framesLeft: number) => {
      const main = document.getElementById('main');
      if (framesLeft > 0 && main?.closest('[inert]')) {
        frame = requestAnimationFrame(() => focus(framesLeft - 1));
      } else main?.focus({ preventScroll: true });
    };
    frame = requestAnimationFrame(() => focus(FRAMES_MAX));
    return () => cancelAnimationFrame(frame);
  }, [path]);
}
