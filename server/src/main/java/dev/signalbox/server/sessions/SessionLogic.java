package dev.signalbox.server.sessions;

import dev.signalbox.router.Address;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RouterListener;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.EndedSessions;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.SendOptions;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.bus.SessionConflictException;
import dev.signalbox.session.bus.SessionOverloadedException;
import dev.signalbox.session.bus.Subscription;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sessions for connected clients: the logic {@code session}. A client asks it, in JSON, to {@code subscribe},
 * {@code unsubscribe} or {@code append}; docs/protocol.md has the fields. What it subscribed to is sent to it as messages, and
 * ends with its connection. A client follows at most {@link #MOST} sessions. Thread-safe.
 */
final class SessionLogic implements RouterListener {
    /** The address of it all. */
    public static final String NAME = "session";

    public static final int MOST = 64;

    private final SessionBus<String> bus;
    private final ClientSessions allowed;
    /** By the client's session, and then by the name of what it follows. */
    private final ConcurrentMap<Address.Session, Map<String, Subscription>> following = new ConcurrentHashMap<>();

    private final EndedSessions gone = new EndedSessions();

    public SessionLogic(SessionBus<String> bus, ClientSessions allowed) {
        this.bus = bus;
        this.allowed = allowed;
    }

    /** To be added to a router under its {@link #NAME}. */
    public Logic logic() {
        return Logic.dispatched((message, context) -> context.reply(message, answer(message, context)));
    }

    private Payload answer(Message message, Logic.Context context) {
        try {
            return Payload.text(ClientRequest.JSON.writeValueAsString(done(message, context)));
        } catch (IllegalArgumentException e) {
            return failed("refused", e);
        } catch (SessionConflictException e) {
            return failed("conflict", e);
        } catch (SessionOverloadedException e) {
            return failed("overloaded", e);
        } catch (SessionBusException e) {
            return failed("unavailable", e);
        }
    }

    private static Payload failed(String code, RuntimeException failure) {
        Map<String, String> error = Map.of("error", code, "message", FailureText.of(failure));
        return Payload.text(ClientRequest.JSON.writeValueAsString(error));
    }

    private Map<String, Object> done(Message message, Logic.Context context) {
        Address.Session asker = message.origin()
                .orElseThrow(() ->
                        new IllegalArgumentException("only clients follow sessions here; code uses the bus itself"));
        String client = asker.user();
        ClientRequest command = ClientRequest.parse(message.payload());
        if (!allowed.allows(client, command.session())) {
            throw new IllegalArgumentException("client " + client + " may not use session " + command.session()
                    + "; the server allows it " + allowed);
        }
        return switch (command) {
            case ClientRequest.Append(String session, JsonNode event, SendOptions options) ->
                Map.of("session", session, "offset", bus.send(session, event.toString(), options));
            case ClientRequest.Subscribe(String session, From from) -> subscribe(asker, session, from, context);
            case ClientRequest.Unsubscribe(String session) ->
                Map.of("session", session, "unsubscribed", unsubscribe(asker, session));
        };
    }

    private Map<String, Object> subscribe(Address.Session client, String session, From from, Logic.Context context) {
        following.compute(client, (same, known) -> {
            Map<String, Subscription> sessions = known == null ? new ConcurrentHashMap<>() : known;
            if (sessions.size() >= MOST && !sessions.containsKey(session)) {
                throw new IllegalArgumentException("client " + client + " follows " + MOST + " sessions already");
            }
            end(sessions.remove(session));
            sessions.put(session, bus.subscribe(session, from, new SessionStream(client, session, context.router())));
            return sessions;
        });
        if (gone.contains(client.id())) {
            // Race: it left before it was written down that this is to end with it.
            forget(client);
        }
        return Map.of("session", session, "subscribed", true);
    }

    private static void end(@Nullable Subscription old) {
        if (old != null) {
            old.close();
        }
    }

    private boolean unsubscribe(Address.Session client, String session) {
        Optional<Subscription> old =
                Optional.ofNullable(following.get(client)).map(sessions -> sessions.remove(session));
        old.ifPresent(SessionLogic::end);
        return old.isPresent();
    }

    /** A client's subscriptions end with the session that asked for them. */
    @Override
    public void ended(Address.Session session) {
        gone.add(session.id());
        forget(session);
    }

    private void forget(Address.Session client) {
        following.computeIfPresent(client, (same, sessions) -> {
            sessions.values().forEach(SessionLogic::end);
            return null;
        });
    }
}
