package dev.signalbox.router;

import dev.signalbox.router.ClientSession.Presence;
import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import dev.signalbox.router.Entrance.Entrant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What clients, and the server's own code, do with topics: they publish, subscribe, and look who is there. Thread-safe; nothing here blocks. */
final class TopicAccess {
    private final RouterParts parts;
    private final TopicRouting routing;

    TopicAccess(RouterParts parts, TopicRouting routing) {
        this.parts = parts;
        this.routing = routing;
    }

    Publishing publish(Message message, Optional<String> key) {
        // A user's key begins with the user's id, which is not empty.
        String own = key.map(given -> " " + given).orElse(null);
        return publish(
                parts.entrance().fromServer(message), (admitted, topic) -> routing.publish(admitted, topic, own));
    }

    Publishing publishVolatile(Message message) {
        return publish(parts.entrance().fromServer(message), routing::publishVolatile);
    }

    Publishing publishWhereOpen(Message message) {
        return publish(parts.entrance().fromServer(message), routing::publishWhereOpen);
    }

    Publishing receivePublication(Message message, @Nullable String key, LiveSession session) {
        return publish(
                parts.entrance().fromClient(message, session),
                (admitted, topic) -> routing.publish(admitted, topic, key));
    }

    Publishing receiveVolatile(Message message, LiveSession session) {
        return publish(parts.entrance().fromClient(message, session), routing::publishVolatile);
    }

    private Publishing publish(Entrant entrant, BiFunction<Message, Address.Topic, Publishing> how) {
        RouteError error = entrant.error();
        boolean one = entrant.message().targets().size() == 1;
        if (error == null && one && entrant.message().targets().getFirst() instanceof Address.Topic topic) {
            return how.apply(entrant.message(), topic);
        }
        return routing.refuse(
                entrant.message(),
                error == null ? RouteError.of(ErrorCode.MALFORMED, "a message is published to one topic") : error);
    }

    /** Whether the session may publish to all topics among the targets, as far as that is known here. */
    boolean mayPublish(LiveSession session, Draft draft) {
        return draft.targets().stream()
                .allMatch(target -> !(target instanceof Address.Topic topic)
                        || parts.entrance().mayPublish(session, topic));
    }

    @Nullable
    RouteError mayNotSubscribe(LiveSession session, Address.Topic topic) {
        return parts.entrance().mayNotSubscribe(session, topic);
    }

    private int mostTopics() {
        return parts.options().topics().perSession();
    }

    /** Lets a session in, unless it may not, or there are as many topics as there may be. */
    Subscribing subscribe(LiveSession session, String name, TopicStart from) {
        Address.Topic topic = Address.topic(name);
        RouteError error = mayNotSubscribe(session, topic);
        return error == null
                ? session.subscriptions()
                        .add(topic, mostTopics(), loaded -> parts.topics().join(topic, from, session, loaded))
                : new Subscribing.Refused(error);
    }

    /** Lets a session in by the server's wish. */
    Subscribing join(LiveSession session, Address.Topic topic) {
        return session.subscriptions()
                .choose(
                        topic,
                        mostTopics(),
                        loaded -> parts.topics().join(topic, new TopicStart.Now(), session, loaded));
    }

    /** The server's wish for a session, which may be on another node; see {@link Router#subscribe}. */
    boolean wish(UUID id, String topic, boolean wanted) {
        String known = Address.topic(topic).name();
        ClusterMember member = parts.membership().member();
        return (parts.users().session(id) == null && member != null)
                ? member.carrier().subscribe(id, known, wanted)
                : wished(id, known, wanted);
    }

    /** The same for a session of this node. */
    boolean wished(UUID id, String topic, boolean wanted) {
        LiveSession session = parts.users().session(id);
        if (session == null) {
            return false;
        }
        return wanted ? subscribe(session, Address.topic(topic)) : unsubscribe(session, topic);
    }

    private boolean subscribe(LiveSession session, Address.Topic topic) {
        boolean waits = session.isDetached() && joins(session, topic);
        // Race: its client may have come back just before it had the topic; its connection does not follow that then.
        return session.isDetached() ? waits : session.attachment().connection().subscribe(topic.name());
    }

    /** Whether it has the topic, or will have it once its history is read. */
    private boolean joins(LiveSession session, Address.Topic topic) {
        return switch (join(session, topic)) {
            case Subscribing.Subscribed _ -> true;
            case Subscribing.Refused _ -> false;
            case Subscribing.Later(CompletionStage<Optional<RouteError>> ready) -> {
                var _ = ready.thenAccept(refusal -> {
                    if (refusal.isEmpty()) {
                        join(session, topic);
                    }
                });
                yield true;
            }
        };
    }

    private static boolean unsubscribe(LiveSession session, String topic) {
        boolean waited = session.isDetached() && session.subscriptions().remove(topic);
        return session.isDetached() ? waited : session.attachment().connection().unsubscribe(topic);
    }

    Presence presence(LiveSession session, String name) {
        Address.Topic topic = Address.topic(name);
        RouteError error = mayNotSubscribe(session, topic);
        return error == null
                ? parts.topics().presence(topic, "", TopicPresence.MOST_NAMES)
                : new Presence.Refused(error);
    }

    /** For the server's own code; see {@link Router#presence}. */
    CompletionStage<Presence> presence(String name, String after, int most) {
        RouterOptions.requireRange("most", most, 1, TopicPresence.MOST_NAMES);
        return switch (parts.topics().presence(Address.topic(name), after, most)) {
            case Presence.Later(CompletionStage<Presence> later) -> later;
            case Presence known -> CompletableFuture.completedFuture(known);
        };
    }
}
