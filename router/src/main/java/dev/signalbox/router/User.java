package dev.signalbox.router;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One user: their sessions, and what waits to be acknowledged by any of them. Thread-safe.
 *
 * <p>The lock guards what is here and nothing else: no connection and no listener is called under it. They are called by one
 * thread at a time, in the order of what happened.
 */
final class User {
    private final Address.Client address;
    private final RouterOptions options;
    private final RouterListener listener;
    private final Budget.Share quota;
    private final Budget.Share held;
    private final Serial telling = new Serial(this::tell);
    private final Serial pumping = new Serial(this::pumpAll);
    /** In the order of connecting. Replaced as a whole, so that senders read it without the lock. */
    private volatile List<LiveSession> sessions = List.of();

    /** What the listener has still to be told; null for nothing. */
    private @Nullable Queue<Runnable> events;
    /** Null until something has to wait for the first time. For most users, nothing ever does. Replaced under the lock. */
    private volatile @Nullable Inbox inbox;

    private boolean retired;

    /** {@code held} is what plain messages may take that wait for a connection, on the whole node. */
    User(String id, RouterOptions options, Budget.Share held, RouterListener listener) {
        this.address = Address.client(id);
        this.options = options;
        this.listener = listener;
        this.quota =
                new Budget.Share(options.pending().perUser(), options.pending().bytesPerUser());
        this.held = held;
    }

    Address.Client address() {
        return address;
    }

    /** What all of the user's sessions together may wait for. */
    Budget.Share quota() {
        return quota;
    }

    List<LiveSession> sessions() {
        return sessions;
    }

    /** What came of a wish to connect: refused if {@code joined} is false, else in the place of {@code replaced}. */
    record Joined(boolean joined, @Nullable LiveSession replaced) {}

    /** Lets a session in; empty if this user is no longer in use. Call {@link #tellAndPump} afterwards. */
    synchronized Optional<Joined> join(LiveSession session) {
        if (retired) {
            return Optional.empty();
        }
        boolean full = sessions.size() >= options.sessions().perUser();
        LiveSession replaced = full ? replaceable() : null;
        if (full && replaced == null) {
            return Optional.of(new Joined(false, null));
        }
        if (replaced != null) {
            remove(replaced, CloseReason.REPLACED);
        }
        add(session);
        return Optional.of(new Joined(true, replaced));
    }

    /** Who gives way to a newcomer: one that has no connection, or else the oldest if it has to. */
    private @Nullable LiveSession replaceable() {
        boolean replaces = options.sessions().atLimit() == RouterOptions.AtSessionLimit.REPLACE_OLDEST;
        return sessions.stream()
                .filter(LiveSession::isDetached)
                .findFirst()
                .orElse(replaces ? sessions.getFirst() : null);
    }

    private static List<LiveSession> with(List<LiveSession> sessions, LiveSession another) {
        List<LiveSession> more = new ArrayList<>(sessions);
        more.add(another);
        return List.copyOf(more);
    }

    /** Under the lock. The first one finds all sessions where a new one begins: with nothing that waits. */
    private Inbox inbox() {
        Inbox known = inbox;
        if (known == null) {
            known = new Inbox(options.acknowledgements(), held);
            sessions.forEach(known::join);
            inbox = known;
        }
        return known;
    }

    private void joinInbox(LiveSession session) {
        if (inbox != null) {
            inbox.join(session);
        }
    }

    private void event(Runnable telling) {
        if (events == null) {
            events = new ArrayDeque<>(1);
        }
        events.add(telling);
    }

    private synchronized @Nullable Runnable nextEvent() {
        Runnable next = events == null ? null : events.poll();
        if (next == null) {
            events = null;
        }
        return next;
    }

    private void add(LiveSession session) {
        joinInbox(session);
        sessions = with(sessions, session);
        SessionInfo info = session.info();
        event(() -> listener.connected(info));
    }

    /**
     * Ends a session whose last connection this is: true once, for the caller that ended it. Call {@link #tellAndPump}
     * afterwards.
     */
    synchronized boolean leave(Attachment attachment, CloseReason reason) {
        return isCurrent(attachment) && remove(attachment.session(), reason);
    }

    private boolean isCurrent(Attachment attachment) {
        return sessions.contains(attachment.session()) && attachment.session().attachment() == attachment;
    }

    /** Lets a session wait for another connection; false if it cannot. */
    synchronized boolean detach(Attachment attachment, Map<String, Position> written) {
        boolean waits = isCurrent(attachment)
                && attachment.session().isResumable()
                && !attachment.session().isDetached();
        if (waits) {
            attachment.session().detach(written);
        }
        return waits;
    }

    /** What the session was before it was resumed. */
    record Resumed(Attachment previous, boolean wasDetached) {}

    /** Gives a session another connection; empty if it has ended. Call {@link #tellAndPump} afterwards. */
    Optional<Resumed> resume(Attachment next, Principal principal) {
        LiveSession session = next.session();
        synchronized (this) {
            if (!sessions.contains(session) || !session.isResumable()) {
                return Optional.empty();
            }
            Resumed resumed = new Resumed(session.attachment(), session.isDetached());
            session.attach(next, principal);
            joinInbox(session);
            return Optional.of(resumed);
        }
    }

    /** What a session was before another node got it. */
    record HandedOver(Attachment last, boolean wasDetached, List<Message> waiting) {}

    /**
     * Takes a session out that another node gets; empty if it has ended, or not all that waits for it can be carried. Call {@link #tellAndPump}
     * afterwards.
     */
    synchronized Optional<HandedOver> handOver(LiveSession session, Predicate<Message> canBeCarried) {
        List<Message> waiting = inbox == null ? List.of() : inbox.plain(session);
        if (!sessions.contains(session)
                || !session.isResumable()
                || !waiting.stream().allMatch(canBeCarried)) {
            return Optional.empty();
        }
        session.handsOver();
        HandedOver taken = new HandedOver(session.attachment(), session.isDetached(), waiting);
        remove(session, CloseReason.RESUMED);
        return Optional.of(taken);
    }

    private boolean remove(LiveSession session, CloseReason reason) {
        sessions = sessions.stream().filter(each -> each != session).toList();
        if (inbox != null) {
            inbox.leave(session);
        }
        SessionInfo info = session.info();
        event(() -> listener.disconnected(info, reason));
        return true;
    }

    /** Whether nothing is left of this user, who is then no longer in use. */
    synchronized boolean retire() {
        retired = sessions.isEmpty() && (inbox == null || inbox.isEmpty());
        return retired;
    }

    /** Hands a plain message to every session. Null if one of them took it. */
    @Nullable
    RouteError offer(Message message) {
        List<LiveSession> now = sessions;
        List<LiveSession> refused = List.of();
        for (int i = 0; i < now.size(); i++) {
            refused = offer(now.get(i), message) ? refused : with(refused, now.get(i));
        }
        if (refused.size() < now.size()) {
            // One that misses what its sender believes to have arrived must not stay as if nothing were missing.
            refused.forEach(session -> session.close(CloseReason.SLOW_CONSUMER));
            return null;
        }
        return now.isEmpty() ? RouteError.unknownClient(address) : RouteError.slowConsumer(address);
    }

    /**
     * Hands a plain message to one session. If that cannot take what the server's own code sends, it is closed: so that nothing is
     * missing from what a logic tells it without a word. What another client sends is only refused to that client.
     */
    boolean offer(LiveSession session, Message message) {
        boolean taken = offerInOrder(session, message);
        if (!taken && message.source() instanceof Address.Logic) {
            session.close(CloseReason.SLOW_CONSUMER);
        }
        return taken;
    }

    /** Not before those of the same sender that wait to be sent to it. */
    private boolean offerInOrder(LiveSession session, Message message) {
        Inbox known = inbox;
        if (known == null || !known.mayHoldBack()) {
            return session.offer(message) || hold(session, message);
        }
        Optional<Boolean> queued;
        synchronized (this) {
            queued = known.isHeldBack(session, message.source())
                    ? Optional.of(known.addPlain(session, message))
                    : Optional.empty();
        }
        if (queued.isEmpty()) {
            return session.offer(message) || hold(session, message);
        }
        pumping.run();
        return queued.get();
    }

    /** What a session cannot take now, it gets later if its client can come back to it: it may just have lost its connection. */
    private boolean hold(LiveSession session, Message message) {
        if (!session.isResumable()) {
            return false;
        }
        boolean isHeld;
        synchronized (this) {
            isHeld = inbox().addPlain(session, message);
        }
        // Race: there may be room, or another connection, since it was refused.
        pumping.run();
        return isHeld;
    }

    /** Adds what waits to be acknowledged; empty if this user is no longer in use. Call {@link #pump} afterwards. */
    synchronized Optional<Inbox.Added> add(Inbox.Waiting waiting) {
        return retired ? Optional.empty() : Optional.of(inbox().add(waiting));
    }

    /** Takes out what no longer waits; it is sent no more. */
    synchronized void remove(Inbox.Waiting waiting) {
        if (inbox != null) {
            inbox.remove(waiting);
        }
    }

    /** What waits for this session and no other. */
    synchronized List<Inbox.Waiting> waitingFor(LiveSession session) {
        return inbox == null ? List.of() : inbox.waitingFor(session);
    }

    /** Tells the listener what happened, and sends each session what waits for it. */
    void tellAndPump() {
        telling.run();
        pump();
    }

    /** Sends each session what waits for it, as much as its window has room for. */
    void pump() {
        pumping.run();
    }

    private void tell() {
        for (Runnable event = nextEvent(); event != null; event = nextEvent()) {
            event.run();
        }
    }

    private void pumpAll() {
        for (LiveSession session : sessions) {
            Inbox.Next next = next(session);
            while (next != null) {
                next = offer(session, next) ? next(session) : null;
            }
        }
    }

    private synchronized Inbox.@Nullable Next next(LiveSession session) {
        return inbox == null ? null : inbox.next(session);
    }

    private boolean offer(LiveSession session, Inbox.Next next) {
        Message message = next.entry().message();
        boolean taken = next.to().connection().offer(message);
        int attempt = offered(session, next, taken);
        if (attempt > 0) {
            listener.ackRequested(message, attempt);
        }
        return taken;
    }

    private synchronized int offered(LiveSession session, Inbox.Next next, boolean taken) {
        if (taken) {
            return inbox().sent(session, next);
        }
        Inbox.notSent(next);
        return 0;
    }
}
