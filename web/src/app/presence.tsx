// Whether what is on screen is live, and how old it is when it is not.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { formatCount } from '../format.ts';
import { t } from '../i18n.ts';
import { getPresence, watchPresence } from '../live/stream.ts';
import { Status } from '../ui/basics.tsx';

const STALE_MS = 15_000;
// Heartbeats come every 15 s, so a quiet connection is no news.
const QUIET_MS = 20_000;

export function LiveBadge() {
  const { state, heard } = useSyncExternalStore(watchPresence, getPresence);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const age = heard ? Math.max(0, now - heard) : 0;
  const isLive = state === 'live' && age < QUIET_MS;
  const isStale = !isLive && heard > 0 && age > STALE_MS;
  useEffect(() => {
    document.documentElement.toggleAttribute('data-stale', isStale);
  }, [isStale]);
  const seconds = formatCount(Math.floor(age / 1000));
  if (state === 'connecting') {
    return (
      <span className="live">
        <Status tone="off">{t('live.connecting')}</Status>
      </span>
    );
  }
  return (
    <span className="live">
      <Status tone={isLive ? 'ok' : 'warn'}>
        <bdi>
          {t(isLive ? 'live.live' : 'live.reconnecting')}{' '}
          <span className="num live-age">{t('live.age', { seconds })}</span>
        </bdi>
      </Status>
      <span className="sr-only" role="status">
        {isStale ? t('live.stale') : isLive ? '' : t('live.reconnecting')}
      </span>
    </span>
  );
}
