package dev.signalbox.endpoint.netty;

import dev.signalbox.router.ClientGateway.Admission;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Resumption;
import dev.signalbox.router.SessionStart;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client and the server say to each other, from the first contact to the end, whatever carries it: authentication, then
 * messages, which {@link Conversation} understands. Everything here happens on the connection's event loop, except a
 * {@link dev.signalbox.router.Authenticator} that may block.
 */
final class Dialogue {
    private static final Logger LOG = LoggerFactory.getLogger(Dialogue.class);

    private final NettyEndpoint endpoint;
    private final EventLoop loop;
    private final Peer peer;
    /** {@link Greeting#NONE} once the client is welcome: an idle connection is to be small. */
    private Greeting greeting;

    private final RateLimit rate;
    private final ClientConnection connection;
    private final Events events;

    private @Nullable Conversation conversation;
    private @Nullable ScheduledFuture<?> authenticationDeadline;
    /** Who looks at the token; interrupted when the connection ends first. Not kept longer: an idle connection is to be small. */
    private @Nullable Thread authentication;

    private boolean authenticating;

    /** What the carrier has to know. */
    interface Events {
        /** Its token was looked at, whatever came of it; before {@link #welcome}. */
        default void authenticated() {}

        /** It is welcome: what follows from it is read. */
        void welcome();
    }

    Dialogue(NettyEndpoint endpoint, Peer peer, Greeting greeting, ClientConnection.Route route, Events events) {
        this.endpoint = endpoint;
        this.loop = route.loop();
        this.peer = peer;
        this.greeting = greeting;
        this.rate = new RateLimit(endpoint.listening().limits().maxMessagesPerSecond(), System.nanoTime());
        this.connection = new ClientConnection(route, endpoint.listening(), peer, this::closing);
        this.events = events;
    }

    ClientConnection connection() {
        return connection;
    }

    /** Whether its token is being looked at. */
    boolean isAuthenticating() {
        return authenticating;
    }

    /** The connection is there: the client has some time to show a token. */
    void begin() {
        greeting.token().ifPresent(token -> authenticate(token, greeting.start()));
        if (conversation == null && connection.isOpen()) {
            long patience = endpoint.listening().timeouts().authentication().toNanos();
            authenticationDeadline = loop.schedule(
                    () -> connection.closeNow(CloseReason.AUTHENTICATION_TIMEOUT), patience, TimeUnit.NANOSECONDS);
        }
    }

    private void authenticate(String token, SessionStart start) {
        authenticating = true;
        if (endpoint.authenticator().isImmediate()) {
            lookAtOnce(token, start);
        } else {
            authentication = Thread.ofVirtual().name("authenticate").start(() -> lookAt(token, start));
        }
    }

    /** Here on the event loop. Only a session that comes from another node is waited for. */
    private void lookAtOnce(String token, SessionStart start) {
        Optional<Principal> principal;
        CompletableFuture<Void> fetched;
        try {
            principal = endpoint.authenticator().authenticate(token);
            fetched = fetch(principal, start);
        } catch (Throwable e) {
            failedToAuthenticate(e);
            return;
        }
        if (fetched.isDone() && !fetched.isCompletedExceptionally()) {
            authenticated(principal, start);
        } else {
            var _ = fetched.whenComplete((_, failure) -> onLoop(() -> {
                if (failure == null) {
                    authenticated(principal, start);
                } else {
                    failedToAuthenticate(failure);
                }
            }));
        }
    }

    private CompletableFuture<Void> fetch(Optional<Principal> principal, SessionStart start) {
        return principal
                .map(known -> endpoint.gateway().fetch(known, start).toCompletableFuture())
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    private void lookAt(String token, SessionStart start) {
        try {
            Optional<Principal> principal = principal(token);
            fetch(principal, start).join();
            onLoop(() -> authenticated(principal, start));
        } catch (InterruptedException e) {
            LOG.debug("the connection of {} ended before its token was looked at", peer);
        } catch (Throwable e) {
            onLoop(() -> failedToAuthenticate(e));
        }
    }

    private Optional<Principal> principal(String token) throws InterruptedException {
        endpoint.authentications().acquire();
        try {
            return endpoint.authenticator().authenticate(token);
        } finally {
            endpoint.authentications().release();
        }
    }

    private void failedToAuthenticate(Throwable failure) {
        if (connection.isOpen()) {
            endpoint.authenticatorFailures().error("the authenticator failed; the client is disconnected", failure);
            connection.closeNow(CloseReason.FAILED);
        } else {
            LOG.debug("the authenticator was interrupted: the connection of {} had ended", peer, failure);
        }
    }

    private void stopAuthenticating() {
        if (authentication != null && authenticating) {
            authentication.interrupt();
        }
    }

    private void onLoop(Runnable work) {
        try {
            loop.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("the endpoint closed while {} was authenticated", peer);
        }
    }

    private void authenticated(Optional<Principal> principal, SessionStart start) {
        authenticating = false;
        authentication = null;
        events.authenticated();
        if (!connection.isOpen()) {
            return;
        }
        principal.ifPresentOrElse(
                known -> connect(known, start), () -> connection.closeNow(CloseReason.UNAUTHENTICATED));
    }

    private void connect(Principal principal, SessionStart start) {
        cancelAuthenticationDeadline();
        switch (endpoint.gateway().connect(principal, connection, start)) {
            case Admission.Refused(CloseReason reason) -> connection.closeNow(reason);
            case Admission.Admitted(ClientSession session) -> welcome(session);
        }
    }

    private void welcome(ClientSession session) {
        conversation = new Conversation(session, connection, rate, greeting.targets());
        greeting = Greeting.NONE;
        connection.tells(conversation);
        // Straight to the wire: what the router has offered meanwhile waits in the outbox for this event loop.
        connection.text(ServerFrames.welcome(
                session, endpoint.listening(), endpoint.gateway().maxPayloadBytes()));
        connection.join();
        session.resumption().flatMap(Resumption::resumed).ifPresent(connection::goOn);
        conversation.begin();
        events.welcome();
    }

    /** Does what counts as a message, unless the client sends more of them than it may. */
    void counted(Runnable allowed) {
        if (rate.tryTake(System.nanoTime())) {
            allowed.run();
        } else {
            connection.closeNow(CloseReason.TOO_FAST);
        }
    }

    /** JSON in valid UTF-8. */
    void text(byte[] utf8) {
        connection.life().received();
        if (conversation != null) {
            conversation.text(utf8);
        } else {
            counted(() -> Conversation.auth(utf8)
                    .ifPresentOrElse(
                            auth -> authenticate(auth.token(), auth.start().orElse(greeting.start())),
                            () -> connection.closeNow(CloseReason.UNAUTHENTICATED)));
        }
    }

    /** A payload as it is. */
    void binary(byte[] payload) {
        connection.life().received();
        Conversation current = conversation;
        if (current != null) {
            counted(() -> current.binary(payload));
        } else {
            connection.closeNow(CloseReason.UNAUTHENTICATED);
        }
    }

    /** The carrier is broken. */
    void disconnected() {
        connection.disconnected();
        closing(CloseReason.GONE);
    }

    /** Closing begins, at the wish of either side: the router is told at once and sends nothing more here. */
    private void closing(CloseReason reason) {
        cancelAuthenticationDeadline();
        stopAuthenticating();
        if (conversation != null) {
            conversation.ended(reason);
        }
    }

    private void cancelAuthenticationDeadline() {
        if (authenticationDeadline != null) {
            authenticationDeadline.cancel(false);
            authenticationDeadline = null;
        }
    }
}
