package dev.signalbox.router;

import dev.signalbox.router.ClientGateway.Admission;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
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

    SessionLifecycle(
            RouterOptions.Resume options,
            Users users,
            TopicLog everyone,
            Requests requests,
            Acknowledgements acknowledgements,
            Deadlines deadlines,
            MessageRouter router) {
        this.options = options;
        this.users = users;
        this.everyone = everyone;
        this.requests = requests;
        this.acknowledgements = acknowledgements;
        this.deadlines = deadlines;
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
        LiveSession replaced = joined.replaced();
        if (replaced != null) {
            replaced.close(CloseReason.REPLACED);
            ended(replaced.attachment());
        }
        LiveSession session = attachment.session();
        session.token().ifPresent(token -> attachment.resumption(resumption(token, null)));
        session.user().tellAndPump();
        return new Admission.Admitted(attachment);
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
        TopicLog.Start all =
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
            if (!subscriptions.isChosen(name) && router.mayNotSubscribe(session, Address.topic(name)) != null) {
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

    void disconnected(Attachment attachment, CloseReason reason) {
        User user = attachment.session().user();
        if (user.leave(attachment, reason)) {
            ended(attachment);
            user.tellAndPump();
            users.retire(user);
        }
    }

    /** A session is out of its user's list: what it waited for, and what waited for it, ends. */
    private void ended(Attachment attachment) {
        LiveSession session = attachment.session();
        if (session.isDetached()) {
            detached.decrementAndGet();
            attachment.expires(null);
        }
        users.remove(session);
        attachment.end();
        session.subscriptions().close();
        acknowledgements.gone(session);
        requests.gone(session.address());
        if (session.user().sessions().isEmpty()) {
            requests.gone(session.user().address());
        }
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
