package dev.signalbox.router;

import dev.signalbox.router.ClientGateway.Admission;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Begins sessions, lets them wait for their client to come back, resumes and ends them. Thread-safe; nothing here blocks.
 *
 * <p>A session has one connection at a time. What ends or detaches a session names the connection that it did so for: after another
 * one has resumed it, that has no effect any more.
 */
final class SessionLifecycle {
    private final RouterOptions.Resume options;
    private final Users users;
    private final TopicLog everyone;
    private final Requests requests;
    private final Acknowledgements acknowledgements;
    private final Deadlines deadlines;
    private final MessageRouter router;
    private final AtomicInteger detached = new AtomicInteger();

    SessionLifecycle(RouterParts parts, MessageRouter router) {
        this.options = parts.options().resume();
        this.users = parts.users();
        this.everyone = parts.topics().everyone();
        this.requests = parts.requests();
        this.acknowledgements = parts.acknowledgements();
        this.deadlines = parts.deadlines();
        this.router = router;
    }

    InstantSource clock() {
        return router.clock();
    }

    Admission connect(Principal principal, Connection connection, SessionStart start) {
        Attachment resumed = start instanceof SessionStart.Resume resume ? resume(principal, connection, resume) : null;
        Admission admission =
                resumed != null ? new Admission.Admitted(resumed) : begin(principal, connection, isResumable(start));
        if (admission instanceof Admission.Admitted(Attachment attachment)) {
            principal.expires().ifPresent(at -> closeAt(at, attachment));
        }
        return admission;
    }

    /** The session may go on over another connection, with a newer token. */
    private void closeAt(Instant at, Attachment attachment) {
        attachment.closes(deadlines.at(
                at, () -> deadlines.elsewhere(() -> attachment.connection().close(CloseReason.EXPIRED))));
    }

    private boolean isResumable(SessionStart start) {
        return !(start instanceof SessionStart.Fresh) && options.within().isPositive();
    }

    private Admission begin(Principal principal, Connection connection, boolean resumable) {
        return users.with(principal.user(), user -> {
            LiveSession session = new LiveSession(principal, user, this, resumable);
            Attachment attachment = new Attachment(session, connection, router);
            session.attach(attachment, principal);
            // Before it is its user's: from then on, another thread may replace and remove it.
            users.add(session);
            Optional<User.Joined> joined = user.join(session);
            if (joined.isEmpty() || !joined.get().joined()) {
                users.remove(session);
            }
            return joined.map(each -> admission(attachment, each));
        });
    }

    private Admission admission(Attachment attachment, User.Joined joined) {
        if (!joined.joined()) {
            return new Admission.Refused(CloseReason.TOO_MANY_SESSIONS);
        }
        replace(joined.replaced());
        LiveSession session = attachment.session();
        session.token().ifPresent(token -> attachment.resumption(resumption(token, null)));
        session.user().tellAndPump();
        return new Admission.Admitted(attachment);
    }

    private void replace(@Nullable LiveSession replaced) {
        if (replaced != null) {
            replaced.close(CloseReason.REPLACED);
            ended(replaced.attachment(), CloseReason.REPLACED);
        }
    }

    private Resumption resumption(String token, Resumption.@Nullable Resumed resumed) {
        return new Resumption(token, options.within(), Optional.ofNullable(resumed));
    }

    /** Null if there is no such session, or it is not this user's, or it has missed what is no longer kept. */
    private @Nullable Attachment resume(Principal principal, Connection connection, SessionStart.Resume wish) {
        LiveSession session = LiveSession.idIn(wish.token()).map(users::session).orElse(null);
        if (session == null
                || !session.hasToken(wish.token())
                || !session.address().user().equals(principal.user())) {
            return null;
        }
        SubscriptionStart all =
                everyone.resume(session.isDetached() ? session.written().get("") : null);
        if (session.isDetached() && !all.recovered()) {
            disconnected(session.attachment(), CloseReason.SLOW_CONSUMER);
            return null;
        }
        Attachment next = new Attachment(session, connection, router);
        User.Resumed resumed = session.user().resume(next, principal).orElse(null);
        if (resumed == null) {
            return null;
        }
        leaveBehind(resumed);
        List<ClientSession.Subscribing.Subscribed> topics =
                topics(session, wish.seen(), resumed.wasDetached() ? session.written() : Map.of());
        next.resumption(resumption(wish.token(), new Resumption.Resumed(all.after(), topics)));
        session.user().tellAndPump();
        return next;
    }

    private void leaveBehind(User.Resumed resumed) {
        Attachment previous = resumed.previous();
        if (resumed.wasDetached()) {
            detached.decrementAndGet();
            previous.expires(null);
        } else {
            // Its network is gone, and it has not noticed yet.
            previous.connection().close(CloseReason.RESUMED);
        }
        previous.end();
    }

    /** Where the session's topics go on; it leaves those that it may not use any more, with the credentials that it came with. */
    private List<ClientSession.Subscribing.Subscribed> topics(
            LiveSession session, Map<String, Position> seen, Map<String, Position> written) {
        Subscriptions subscriptions = session.subscriptions();
        for (String name : subscriptions.names()) {
            if (!subscriptions.isChosen(name)
                    && router.access().mayNotSubscribe(session, Address.topic(name)) != null) {
                subscriptions.remove(name);
            }
        }
        return subscriptions.resume(seen, written);
    }

    /** The connection broke: the session waits, if it may and there is room for one more. */
    void lost(Attachment attachment, CloseReason reason, Map<String, Position> written) {
        if (!detach(attachment, written)) {
            disconnected(attachment, reason);
            return;
        }
        attachment.end();
        attachment.expires(deadlines.at(
                clock().instant().plus(options.within()),
                () -> deadlines.elsewhere(() -> disconnected(attachment, reason))));
        // Race: somebody may have closed it while it lost its connection.
        CloseReason closing = attachment.session().closing();
        if (closing != null) {
            disconnected(attachment, closing);
        }
    }

    private boolean detach(Attachment attachment, Map<String, Position> written) {
        if (!attachment.session().isResumable()) {
            return false;
        }
        boolean waits = detached.incrementAndGet() <= options.maxSessions()
                && attachment.session().user().detach(attachment, written);
        if (!waits) {
            detached.decrementAndGet();
        }
        return waits;
    }

    /**
     * Takes a session out that another node gets; from then on this one has it no more. Empty if it has no such session, or its token is another
     * one, or it has missed what is no longer kept, or not all that waits for it can be carried.
     */
    Optional<MovedSession> handOver(Address.Session address, String proof, Predicate<Message> canBeCarried) {
        LiveSession session = users.session(address.id());
        if (session == null || !session.address().equals(address) || !session.hasProof(proof)) {
            return Optional.empty();
        }
        SessionInfo info = session.info();
        List<String> topics = session.subscriptions().names();
        Map<String, Position> written = session.isDetached() ? session.written() : Map.of();
        Optional<List<Message>> all = sentToAll(session, written);
        return all.filter(messages -> messages.stream().allMatch(canBeCarried))
                .flatMap(messages -> session.user()
                        .handOver(session, canBeCarried)
                        .map(taken -> {
                            leave(session, taken);
                            List<Message> waiting = new ArrayList<>(messages);
                            waiting.addAll(taken.waiting());
                            return new MovedSession(
                                    info.remoteAddress(),
                                    info.connectedAt(),
                                    info.lastMessageAt(),
                                    topics,
                                    written,
                                    waiting);
                        }));
    }

    /** What was sent to all while the session had no connection; empty if not all of it is still kept. */
    private Optional<List<Message>> sentToAll(LiveSession session, Map<String, Position> written) {
        Position last = written.get("");
        if (!session.isDetached() || last == null) {
            return Optional.of(List.of());
        }
        SubscriptionStart start = everyone.resume(last);
        return start.recovered()
                ? Optional.of(everyone.read(start.after(), Long.MAX_VALUE, Integer.MAX_VALUE).publications().stream()
                        .map(Publication::message)
                        .toList())
                : Optional.empty();
    }

    private void leave(LiveSession session, User.HandedOver taken) {
        if (!taken.wasDetached()) {
            // Its network is gone, and it has not noticed yet.
            taken.last().connection().close(CloseReason.RESUMED);
        }
        ended(taken.last(), CloseReason.RESUMED);
        session.user().tellAndPump();
        users.retire(session.user());
    }

    /**
     * Has a session from now on that another node had; it waits here for its client. If this node cannot have it, it is gone.
     *
     * @param all the place from which on what is sent to all is sent to it here
     */
    CompletionStage<Void> adopt(
            Principal principal, Address.Session address, SessionStart.Resume wish, MovedSession moved, Position all) {
        if (detached.incrementAndGet() > options.maxSessions()) {
            detached.decrementAndGet();
            return CompletableFuture.completedFuture(null);
        }
        Map<String, Position> written = new HashMap<>(moved.written());
        written.put("", all);
        Adopted adopted = users.with(principal.user(), user -> {
            LiveSession session = LiveSession.moved(address, wish.token(), moved, principal, user, this);
            Attachment attachment = new Attachment(session, new NoConnection(moved.remoteAddress()), router);
            session.attach(attachment, principal);
            session.detach(written);
            users.add(session);
            Optional<User.Joined> joined = user.join(session);
            if (joined.isEmpty() || !joined.get().joined()) {
                users.remove(session);
            }
            return joined.map(each -> adopted(attachment, each, moved, all));
        });
        if (!adopted.joined()) {
            detached.decrementAndGet();
            return CompletableFuture.completedFuture(null);
        }
        Attachment attachment = adopted.attachment();
        attachment.expires(deadlines.at(
                clock().instant().plus(options.within()),
                () -> deadlines.elsewhere(() -> disconnected(attachment, CloseReason.GONE))));
        return subscribe(attachment.session(), moved, wish.seen());
    }

    /** What came of a session that another node had; {@code joined} is false if its user has as many here as they may have. */
    private record Adopted(Attachment attachment, boolean joined) {}

    /** Other nodes are told of it only once it has what waited for it: what they send comes after that. */
    private Adopted adopted(Attachment attachment, User.Joined joined, MovedSession moved, Position all) {
        replace(joined.replaced());
        if (joined.joined()) {
            deliver(attachment.session(), moved.messages(), all);
        }
        attachment.session().user().tellAndPump();
        return new Adopted(attachment, joined.joined());
    }

    /** What was sent to all comes to every node: what has come to this one since the session was asked for, it reads here. */
    private void deliver(LiveSession session, List<Message> messages, Position all) {
        Set<UUID> here = everyone.read(all.offset(), Long.MAX_VALUE, Integer.MAX_VALUE).publications().stream()
                .map(each -> each.message().id())
                .collect(Collectors.toSet());
        for (Message message : messages) {
            if (!here.contains(message.id()) && !session.user().offer(session, message)) {
                session.close(CloseReason.SLOW_CONSUMER);
                return;
            }
        }
    }

    private CompletionStage<Void> subscribe(LiveSession session, MovedSession moved, Map<String, Position> seen) {
        return CompletableFuture.allOf(moved.topics().stream()
                .map(name -> {
                    Position last = seen.getOrDefault(name, moved.written().get(name));
                    TopicStart from = last == null ? new TopicStart.Now() : new TopicStart.After(last);
                    return subscribe(session, name, from).toCompletableFuture();
                })
                .toArray(CompletableFuture<?>[]::new));
    }

    /** A topic that it cannot have here is not among those that its client is told of. */
    private CompletionStage<?> subscribe(LiveSession session, String topic, TopicStart from) {
        return router.access().subscribe(session, topic, from) instanceof ClientSession.Subscribing.Later(var ready)
                ? ready.thenAccept(refusal -> {
                    if (refusal.isEmpty()) {
                        router.access().subscribe(session, topic, from);
                    }
                })
                : CompletableFuture.completedFuture(null);
    }

    void disconnected(Attachment attachment, CloseReason reason) {
        User user = attachment.session().user();
        if (user.leave(attachment, reason)) {
            ended(attachment, reason);
            user.tellAndPump();
            users.retire(user);
        }
    }

    /** A session is out of its user's list: what it waited for, and what waited for it, ends. */
    private void ended(Attachment attachment, CloseReason reason) {
        LiveSession session = attachment.session();
        if (session.isDetached()) {
            detached.decrementAndGet();
            attachment.expires(null);
        }
        users.remove(session);
        attachment.end();
        session.subscriptions().close();
        acknowledgements.gone(session);
        requests.gone(session, reason);
    }

    /** The node ends, and nobody can come back to it. */
    void endDetached() {
        for (LiveSession session : users.sessions()) {
            if (session.isDetached()) {
                disconnected(session.attachment(), CloseReason.RESTARTING);
            }
        }
    }
}
