// What the API sends, as far as the application reads it.

export interface List<T> {
  data: T[];
  next_cursor: string | null;
  has_more: boolean;
}

export type Role = 'admin' | 'supervisor' | 'agent' | 'analyst';
export const ROLES: Role[] = ['agent', 'supervisor', 'analyst', 'admin'];

export interface Agent {
  id: string;
  name: string;
  email: string | null;
  role: Role;
  state: 'available' | 'busy' | 'away' | 'offline';
  team_ids: string[];
  has_password: boolean;
  disabled: boolean;
  created_at: string;
  version: number;
}

export interface Me {
  kind: 'session' | 'key' | 'local';
  agent: Agent | null;
  role: Role | null;
  permissions: string[];
  workspace: { name: string; display_name: string | null; zone: string };
  csrf?: string | null;
}

export interface Setup {
  needs_setup: boolean;
  workspace: string;
  workspace_name: string | null;
}

export interface Named {
  id: string;
  name: string;
}

export interface Team extends Named {
  agent_ids: string[];
  archived: boolean;
  version: number;
}

export type ChannelKind = (typeof CHANNEL_KINDS)[number];
export const CHANNEL_KINDS = [
  'email',
  'chat',
  'sms',
  'voice',
  'web',
  'social',
  'form',
  'api',
  'other',
] as const;

export interface Place extends Named {
  kind?: ChannelKind;
  is_configured?: boolean;
  colour?: string | null;
  archived: boolean;
  version: number;
}

export interface Key extends Named {
  scope: 'ingest' | 'read' | 'agent' | 'admin';
  agent_id: string | null;
  hint: string | null;
  created_at: string;
  expires_at: string | null;
  used_at: string | null;
  revoked_at: string | null;
}

export interface WorkspaceSettings {
  workspace_name: string | null;
  zone: string;
  reach: 'team' | 'all';
}

export interface Customer {
  id: string;
  name: string | null;
  identities: { id: string; kind: string; text: string; is_verified: boolean }[];
  attributes: Record<string, unknown>;
  created_at: string;
  merged_into: string | null;
  erased_at: string | null;
}

export interface Interaction {
  id: string;
  at: string;
  kind: string;
  direction: 'in' | 'out' | 'internal';
  channel: Named | null;
  touchpoint: Named | null;
  customer_id: string | null;
  conversation_id: string | null;
  agent: Named | null;
  team: Named | null;
  text: string | null;
  wait_seconds: number | null;
  handle_seconds: number | null;
  outcome: string | null;
  answers: Partial<Record<'nps' | 'csat' | 'ces', number | null>> | null;
}

export interface Conversation {
  id: string;
  external_id: string | null;
  customer: { id: string; name: string | null } | null;
  channel: Named | null;
  touchpoint: Named | null;
  team: Named | null;
  agent: Named | null;
  state: string;
  state_label: string | null;
  priority: string;
  topic: string | null;
  subject: string | null;
  labels: { id: string; name: string; colour: string | null }[];
  created_at: string;
  first_reply_at: string | null;
  first_solved_at: string | null;
  solved_at: string | null;
  closed_at: string | null;
  interaction_count: number;
  reassignment_count: number;
  reopen_count: number;
  sla_met: boolean | null;
}

export interface Import {
  id: string;
  format: string;
  file_name: string | null;
  state: 'running' | 'finished' | 'failed' | 'cancelled';
  dry_run: boolean;
  created_at: string;
  finished_at: string | null;
  bytes_read: number;
  bytes_total: number | null;
  rows_read: number;
  rows_stored: number;
  rows_known: number;
  rows_refused: number;
  conversations: number;
  reason: string | null;
  refusals?: Refusal[];
}

export interface Refusal {
  line: number;
  code: string;
  detail: string;
}

// ---- numbers (§3.2 of the interface guide: a number comes with all of this or not at all)

export type Unit = 'count' | 'seconds' | 'share' | 'score';

/** An end that is null is open: nobody knows yet how far it goes. */
export interface Bounds {
  low: number | null;
  high: number | null;
}

export interface Interval extends Bounds {
  level: number;
  method: string;
}

export interface Num {
  value: number | null;
  unit: Unit;
  n: number;
  ci: Interval | null;
  previous: {
    value: number | null;
    n: number;
    ci: Interval | null;
    from: string;
    to: string;
  } | null;
  delta: { value: number; ci: Bounds | null } | null;
  complete: boolean;
  excluded: Record<string, number>;
  reason: 'no_data' | 'too_few' | 'not_reached' | null;
  definition: { id: string; version: number };
  drill: string | null;
}

export interface Bucket {
  start: string;
  end: string;
  number: Num;
}

export interface Group {
  by: { dim: string; value: string | null; label: string | null }[];
  number: Num;
}

export interface Result {
  metric: string;
  statistic: string | null;
  from: string;
  to: string;
  zone: string;
  number: Num;
  series?: Bucket[];
  groups?: Group[];
  overlapping?: boolean;
  truncated?: boolean;
}

export interface Metric {
  id: string;
  version: number;
  name: string;
  meaning: string;
  unit: Unit;
  population: string;
  counts: 'interactions' | 'conversations' | 'answers';
  formula: string;
  traps: string[];
  statistics: string[];
  standard_statistic: string | null;
  dimensions: string[];
  better: 'higher' | 'lower' | 'neither';
}

export interface DrillRow {
  interaction_id: string | null;
  conversation_id: string | null;
  customer_id: string | null;
  at: string;
  value: number | null;
  unit: Unit;
  censored: boolean;
  sign: number;
  conversation: {
    subject: string | null;
    state: string | null;
    channel: Named | string | null;
  } | null;
  customer: { id: string; name: string | null } | null;
}

export interface DrillPage extends List<DrillRow> {
  total: number;
}

export interface LiveEvent {
  seq: number;
  kind: string;
  at: string;
  customer_id: string | null;
  conversation_id: string | null;
  data: Record<string, unknown>;
}
