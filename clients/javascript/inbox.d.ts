import type { Signalbox } from './signalbox.js';

export interface InboxItem {
  readonly id: string;
  readonly subject?: string;
  readonly body: string;
  /** Whether the body is HTML, which has to be cleaned before it is shown. */
  readonly html: boolean;
  readonly category?: string;
  readonly state: 'UNREAD' | 'READ' | 'ARCHIVED';
  readonly at: string;
  readonly changedAt: string;
}

export interface InboxEvents {
  /** What it shows has changed. */
  change: CustomEvent<null>;
  /** It could not be listed anew. */
  problem: CustomEvent<Error>;
}

/** The inbox of a connected client; one for each client. */
export class Inbox extends EventTarget {
  constructor(client: Signalbox);
  /** The newest items that are not archived, newest first. */
  readonly items: readonly InboxItem[];
  readonly unread: number;
  readonly recipient?: string;
  readonly hasMore: boolean;
  open(): Promise<this>;
  close(): Promise<void>;
  more(): Promise<void>;
  mark(ids: string | string[], state: InboxItem['state']): Promise<{ changed: number; unread: number }>;
  markAll(state: 'READ' | 'ARCHIVED'): Promise<{ changed: number; unread: number }>;
  addEventListener<K extends keyof InboxEvents>(
    type: K, listener: (event: InboxEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
}
