package dev.signalbox.router;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one user, present or not, has still to acknowledge: a log, oldest first, into which each session has a cursor. Guarded
 * by its {@link User}'s lock.
 *
 * <p>Only a window of it is under way to a session at a time. Otherwise a client that comes back to a long list would have its
 * outbound buffer filled at once, be taken for a slow consumer, and never get through. A plain message of a sender whose
 * acknowledged ones wait for the window to move waits behind them, as an entry for the one session.
 */
final class Inbox {
    static final int WINDOW_BYTES = 256 << 10;
    static final int WINDOW_MESSAGES = 256;

    /** What adding to it led to. */
    enum Added {
        YES,
        FULL,
        /** The one session that it is for is gone. */
        GONE
    }

    /** A message in the log. */
    sealed interface Entry {
        Message message();

        /** The only session that it is for; null if it is for each. */
        @Nullable
        LiveSession only();
    }

    /**
     * A message that only waits for those before it, or for a connection.
     *
     * @param isCounted whether the node's bound counts it: any number of sessions may wait for a connection
     */
    private record Plain(Message message, LiveSession only, boolean isCounted) implements Entry {}

    /** A message that waits to be acknowledged. */
    static final class Waiting implements Entry, Attachment.Wait {
        final Address target;
        final CompletableFuture<AckResult> result = new CompletableFuture<>();
        final @Nullable Attachment sender;
        volatile Deadlines.@Nullable Timer timer;
        private final Message message;
        private final @Nullable LiveSession only;
        private final Runnable onAbandoned;
        private final int bytes;
        private volatile int attempts;
        private volatile boolean mayHaveArrived;
        private long position = -1;

        /** {@code onAbandoned} is run if its sender, a session, ends first. */
        Waiting(
                Message message,
                Address target,
                @Nullable LiveSession only,
                @Nullable Attachment sender,
                Consumer<Waiting> onAbandoned) {
            this.message = message;
            this.target = target;
            this.only = only;
            this.sender = sender;
            this.onAbandoned = () -> onAbandoned.accept(this);
            this.bytes = message.bytes();
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public @Nullable LiveSession only() {
            return only;
        }

        @Override
        public int bytes() {
            return bytes;
        }

        @Override
        public void abandon() {
            onAbandoned.run();
        }

        /** Another node has it, and may hand it to a connection. */
        void mayArrive() {
            mayHaveArrived = true;
        }

        /** Whether it was, or may have been, handed to a connection, or is just being. */
        boolean sent() {
            return attempts > 0 || mayHaveArrived;
        }
    }

    /** How far one session has come. */
    static final class Cursor {
        private long position;
        private int messagesUnderWay;
        private long bytesUnderWay;

        private boolean hasRoom(Entry next) {
            return next instanceof Plain
                    || messagesUnderWay == 0
                    || (messagesUnderWay < WINDOW_MESSAGES
                            && bytesUnderWay + next.message().bytes() <= WINDOW_BYTES);
        }

        /**
         * {@code waits} if it still has to be acknowledged. Race: if not, the cursor may have moved on to the entry behind it already,
         * which must not be passed over.
         */
        private void passed(Next next, boolean waits) {
            if (waits && next.entry instanceof Waiting) {
                messagesUnderWay++;
                bytesUnderWay += next.entry.message().bytes();
            }
            position = Math.max(position, next.position + 1);
        }
    }

    private final RouterOptions.Acknowledgements bounds;
    private final Budget.Share held;
    private final NavigableMap<Long, Entry> log = new TreeMap<>();
    private final Map<LiveSession, Cursor> cursors = new HashMap<>();
    private long end;
    private long bytes;
    /** Read without the lock: by the thread that has added an entry, or follows one that did. */
    private volatile boolean mayHoldBack;

    /** {@code held} is what plain messages may take that wait for a connection, on the whole node. */
    Inbox(RouterOptions.Acknowledgements bounds, Budget.Share held) {
        this.bounds = bounds;
        this.held = held;
    }

    boolean isEmpty() {
        return log.isEmpty();
    }

    boolean mayHoldBack() {
        return mayHoldBack;
    }

    /** A new session has seen nothing yet, and what a new connection of an old one has seen is not known. */
    void join(LiveSession session) {
        cursors.put(session, new Cursor());
    }

    void leave(LiveSession session) {
        cursors.remove(session);
        log.entrySet()
                .removeIf(each -> each.getValue() instanceof Plain plain && plain.only() == session && removed(plain));
        mayHoldBack = !log.isEmpty();
    }

    private boolean removed(Plain entry) {
        bytes -= entry.message().bytes();
        giveBack(entry);
        return true;
    }

    private void giveBack(Plain entry) {
        if (entry.isCounted()) {
            held.give(entry.message().bytes());
        }
    }

    Added add(Waiting waiting) {
        if (waiting.only != null && !cursors.containsKey(waiting.only)) {
            return Added.GONE;
        }
        if (!append(waiting)) {
            return Added.FULL;
        }
        waiting.position = end - 1;
        return Added.YES;
    }

    private boolean append(Entry entry) {
        int size = entry.message().bytes();
        if (log.size() >= bounds.perClient() || bytes + size > bounds.bytesPerClient()) {
            return false;
        }
        log.put(end++, entry);
        bytes += size;
        mayHoldBack = true;
        return true;
    }

    /** Whether an earlier message of {@code source} was not yet sent to the session. */
    boolean isHeldBack(LiveSession session, Address source) {
        Cursor cursor = cursors.get(session);
        if (cursor == null) {
            return false;
        }
        skipOthers(session, cursor);
        return log.tailMap(cursor.position, true).values().stream()
                .anyMatch(
                        each -> isFor(session, each) && each.message().source().equals(source));
    }

    /** Moves to the next entry for the session: others may have many in between, which are not looked at again. */
    private void skipOthers(LiveSession session, Cursor cursor) {
        for (Map.Entry<Long, Entry> each : log.tailMap(cursor.position, true).entrySet()) {
            if (isFor(session, each.getValue())) {
                cursor.position = each.getKey();
                return;
            }
        }
        cursor.position = end;
    }

    /** False if as much waits as may. */
    boolean addPlain(LiveSession session, Message message) {
        Plain plain = new Plain(message, session, session.isResumable());
        if (!cursors.containsKey(session) || (plain.isCounted() && !held.take(message.bytes()))) {
            return false;
        }
        boolean added = append(plain);
        if (!added) {
            giveBack(plain);
        }
        return added;
    }

    void remove(Waiting waiting) {
        if (log.remove(waiting.position, waiting)) {
            bytes -= waiting.bytes;
            mayHoldBack = !log.isEmpty();
            cursors.forEach((session, cursor) -> landed(session, cursor, waiting));
        }
    }

    private static void landed(LiveSession session, Cursor cursor, Waiting waiting) {
        if (isFor(session, waiting) && waiting.position < cursor.position) {
            cursor.messagesUnderWay--;
            cursor.bytesUnderWay -= waiting.bytes;
        }
    }

    private static boolean isFor(LiveSession session, Entry entry) {
        return entry.only() == null || entry.only() == session;
    }

    /** An entry on its way to a connection. */
    record Next(long position, Entry entry, Cursor cursor, Attachment to) {}

    /**
     * The next entry for a session, if its window has room for it. It counts as sent from now on, so that nobody is told
     * otherwise while it is on its way to the connection: follow with {@link #sent} or {@link #notSent}.
     */
    @Nullable
    Next next(LiveSession session) {
        Cursor cursor = cursors.get(session);
        if (cursor == null) {
            return null;
        }
        skipOthers(session, cursor);
        Entry entry = log.get(cursor.position);
        return entry != null && cursor.hasRoom(entry)
                ? new Next(cursor.position, begin(entry), cursor, session.attachment())
                : null;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
    private static Entry begin(Entry entry) {
        if (entry instanceof Waiting waiting) {
            waiting.attempts++;
        }
        return entry;
    }

    /** A connection took it. Returns which attempt that was, counted from 1; 0 for what needs no acknowledgement. */
    @SuppressWarnings("ReferenceEquality") // the very entry that was offered
    int sent(LiveSession session, Next next) {
        // It may have been acknowledged, or have expired, while it was on its way to the connection.
        boolean waits = log.get(next.position) == next.entry;
        if (waits && next.entry instanceof Plain plain) {
            log.remove(next.position);
            removed(plain);
            mayHoldBack = !log.isEmpty();
        }
        // Race: the session may have been resumed meanwhile. To that connection it has still to be sent.
        if (cursors.get(session) == next.cursor) {
            next.cursor.passed(next, waits);
        }
        return next.entry instanceof Waiting waiting ? waiting.attempts : 0;
    }

    /** No connection took it. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
    static void notSent(Next next) {
        if (next.entry instanceof Waiting waiting) {
            waiting.attempts--;
        }
    }

    /** What waits for this session, and needs no acknowledgement. */
    List<Message> plain(LiveSession session) {
        return log.values().stream()
                .filter(entry -> entry instanceof Plain && entry.only() == session)
                .map(Entry::message)
                .toList();
    }

    List<Waiting> waitingFor(LiveSession session) {
        List<Waiting> found = new ArrayList<>();
        for (Entry entry : log.values()) {
            if (entry instanceof Waiting waiting && waiting.only == session) {
                found.add(waiting);
            }
        }
        return found;
    }
}
