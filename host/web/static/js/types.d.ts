// The console's JSON, as /api/v1/snapshot and /api/v1/events speak it. Times are ISO-8601 UTC.

export type Role = "offender" | "victim";
export type Level = "clear" | "pre_alert" | "alert" | "breach";
export type Condition = "assured" | "watched" | "unassured" | "inactive";
/** The same, but for what is unassured: an alarm is "held" until the quiet clock has passed. */
export type Standing = Exclude<Condition, "unassured"> | "held" | "alarm";
export type IncidentState =
  | "unacknowledged"
  | "acknowledged"
  | "returned_unacknowledged"
  | "shelved"
  | "suppressed"
  | "out_of_service"
  | "normal";
export type DeliveryState =
  | "queued"
  | "sent"
  | "delivered"
  | "silenced"
  | "answered"
  | "failed"
  | "withdrawn";
/** What an operator can do about an incident, and "call" about a delivery. */
export type Verb = "acknowledge" | "resolve" | "shelve" | "withdraw" | "resume" | "call";
export type Lonlat = [number, number];

export interface Position {
  order: string;
  role: Role;
  unit: string;
  person: string;
  /** Null for a party that is a fixed place. */
  time: string | null;
  lat: number;
  lon: number;
  accuracy_m: number;
  source: string;
  believed: boolean;
}

export interface Zone {
  id: string;
  name: string;
  kind: "circle" | "polygon";
  ring: Lonlat[];
  radius_m: number;
  margin_m: number;
}

export interface Order {
  order: string;
  level: Level;
  condition: Condition;
  /** Why it is that: "far", "overdue_offender", … */
  reason: string;
  assured_until: string | null;
  /** When the last promise of an unassured order ran out; null where nothing is known. */
  unseen_since: string | null;
  /** Since when nothing is promised; null while something is, or need not be. */
  unassured_since: string | null;
  /** When that becomes an alarm; null where it is one already. */
  alarm_at: string | null;
  distance_m: number | null;
  causes: { cause: string; level: Level; distance_m: number | null }[];
  alert_m: number;
  pre_alert_m: number;
  contact_m: number;
  zones: Zone[];
}

export interface Incident {
  incident: string;
  /** Null for a fault of the host itself. */
  order: string | null;
  cause: string;
  /** What is one trouble with it ("unassured", "no_cover:V1"), and whether that still holds. */
  parts: Record<string, boolean>;
  level: Level;
  priority: 1 | 2 | 3;
  state: IncidentState;
  opened: string;
  /** Since when it is as the sentence says. */
  since: string;
  changed: string;
  due: string | null;
  acknowledged_by: string | null;
  /** Who acted last, and why. */
  operator: string | null;
  note: string;
  /** What the centre would let an operator do now. */
  verbs: Verb[];
  shelving_max_min: number;
  sentence: Record<string, string>;
}

export interface Delivery {
  delivery: string;
  incident: string;
  order: string;
  recipient: string;
  /** Empty for the centre. */
  person: string;
  channel: string;
  state: DeliveryState;
  attempts: number;
  /** ["call"] when somebody is to be called. */
  verbs: Verb[];
  at: string;
}

export interface Unit {
  unit: string;
  /** One of its wearer's orders. */
  order: string | null;
  role: Role;
  person: string;
  connected: boolean;
  battery: number | null;
  last_contact: string | null;
  lease_until: string | null;
  alarms: string[];
}

export interface Counters {
  accepted: number;
  rejected: Record<string, number>;
}

export interface Heartbeat {
  now: string;
  speed: number;
}

export interface Snapshot {
  id: number;
  now: string;
  orders: Order[];
  positions: Position[];
  incidents: Incident[];
  deliveries: Delivery[];
  units: Unit[];
  counters: Counters;
}

/** One event of the line, as it is passed to every page of a browser. */
export interface Said {
  type: string;
  /** Numbers of the event before it, and its own. */
  prev: number;
  id: number;
  /** Its JSON. */
  text: string;
}

/** One point of a trail, by the time of its fix. */
export interface Mark {
  at: number;
  lonlat: Lonlat;
}

/** Who is logged in here. */
export interface Session {
  account: string;
  name: string;
  /** Null until it is chosen. */
  role: string | null;
  roles: string[];
  rights: string[];
  /** What has to be done next: "new_password", "second_factor", "enrolment", "role". */
  lacks: string | null;
  factors: string[];
  locked: boolean;
  ends: string | null;
  csrf: string;
  /** Logged in without a password, for a demonstration. */
  present: boolean;
}

export interface Factor {
  id: string;
  kind: string;
  made: string;
}

export interface OwnSession {
  id: string;
  began: string;
  used: string;
  address: string;
  role: string | null;
  /** The one that asks. */
  here: boolean;
}

export interface Account {
  account: string;
  name: string;
  roles: string[];
  persons: string[];
  court: string;
  station: string;
  ended: boolean;
  version: number;
}

export interface Token {
  token: string;
  role: string;
  court: string;
  station: string;
  made_by: string;
  made: string;
  until: string;
  lasts: boolean;
}
