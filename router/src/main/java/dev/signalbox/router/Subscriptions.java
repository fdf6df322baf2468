package dev.signalbox.router;

import dev.signalbox.router.ClientSession.Subscribing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The topics that one session subscribes to. Thread-safe; bounded by its callers. */
final class Subscriptions {
    private final String user;
    private final Map<String, TopicLog> topics = new HashMap<>();
    /** Topics that are being loaded for it. Not under the monitor, which another session's topic could be waiting for. */
    private final AtomicInteger loading = new AtomicInteger();

    /** Those that were, and are subscribed to next. */
    private final Set<String> loaded = ConcurrentHashMap.newKeySet();
    /** Those that the server has chosen, whatever the user may do. */
    private final Set<String> chosen = new HashSet<>();

    private boolean closed;

    Subscriptions(String user) {
        this.user = user;
    }

    /**
     * Adds a topic, which {@code join} lets the session into: it is told whether the topic was just loaded for it. The same topic again takes the
     * place of the first.
     */
    synchronized Subscribing add(Address.Topic topic, int most, Function<Boolean, Topics.Joining> join) {
        if (closed) {
            return new Subscribing.Refused(RouteError.of(ErrorCode.CLOSING, "the session has ended"));
        }
        if (topics.size() + loading.get() >= most && !topics.containsKey(topic.name())) {
            return new Subscribing.Refused(RouteError.to(
                    topic,
                    ErrorCode.OVERLOADED,
                    "this session subscribes to " + most + " topics, the limit; unsubscribe from one first"));
        }
        return switch (join.apply(loaded.remove(topic.name()))) {
            case Topics.Joining.Joined joined -> added(topic, joined);
            case Topics.Joining.Loading(CompletableFuture<Optional<RouteError>> ready) -> later(topic, ready);
            case Topics.Joining.Refused(RouteError error) -> new Subscribing.Refused(error);
        };
    }

    private Subscribing later(Address.Topic topic, CompletableFuture<Optional<RouteError>> ready) {
        loading.incrementAndGet();
        return new Subscribing.Later(ready.whenComplete((refusal, failure) -> {
            loading.decrementAndGet();
            if (refusal != null && refusal.isEmpty()) {
                loaded.add(topic.name());
            }
        }));
    }

    private Subscribing added(Address.Topic topic, Topics.Joining.Joined joined) {
        leave(topics.put(topic.name(), joined.topic()));
        return new Subscribing.Subscribed(
                joined.topic(), joined.start().after(), joined.start().recovered());
    }

    /** The same for one that the server has chosen. */
    synchronized Subscribing choose(Address.Topic topic, int most, Function<Boolean, Topics.Joining> join) {
        Subscribing subscribing = add(topic, most, join);
        if (subscribing instanceof Subscribing.Subscribed) {
            chosen.add(topic.name());
        }
        return subscribing;
    }

    synchronized boolean isChosen(String topic) {
        return chosen.contains(topic);
    }

    synchronized boolean remove(String topic) {
        chosen.remove(topic);
        TopicLog removed = topics.remove(topic);
        leave(removed);
        return removed != null;
    }

    /** Their names, sorted. */
    synchronized List<String> names() {
        return topics.keySet().stream().sorted().toList();
    }

    /** Where each goes on over another connection: after what the client has seen, or else after what was written to it. */
    synchronized List<Subscribing.Subscribed> resume(Map<String, Position> seen, Map<String, Position> written) {
        return names().stream()
                .map(name -> resumed(Objects.requireNonNull(topics.get(name)), seen, written))
                .toList();
    }

    private static Subscribing.Subscribed resumed(
            TopicLog topic, Map<String, Position> seen, Map<String, Position> written) {
        String name = topic.name();
        SubscriptionStart start = topic.resume(seen.containsKey(name) ? seen.get(name) : written.get(name));
        return new Subscribing.Subscribed(topic, start.after(), start.recovered());
    }

    private void leave(@Nullable TopicLog topic) {
        if (topic != null) {
            topic.leave(user);
        }
    }

    /** The session has ended. */
    synchronized void close() {
        closed = true;
        topics.values().forEach(this::leave);
        topics.clear();
        chosen.clear();
    }
}
