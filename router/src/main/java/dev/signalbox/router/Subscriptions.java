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
    /** Immutable while it has one entry at most, which is the rule: a hash map takes several times as much of an idle session. */
    private Map<String, TopicLog> topics = Map.of();
    /** Null until the first topic is loaded for it. */
    private @Nullable Loading loading;

    /** Those that the server has chosen, whatever the user may do; null until it chooses one. */
    private @Nullable Set<String> chosen;

    private boolean closed;

    /** Topics that are not there at once. Thread-safe without the monitor, which another session's topic could be waiting for. */
    private static final class Loading {
        final AtomicInteger underWay = new AtomicInteger();
        /** Those that were loaded, and are subscribed to next. */
        final Set<String> loaded = ConcurrentHashMap.newKeySet();

        void ended(String topic, boolean isLoaded) {
            underWay.decrementAndGet();
            if (isLoaded) {
                loaded.add(topic);
            }
        }
    }

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
        if (topics.size() + underWay() >= most && !topics.containsKey(topic.name())) {
            return new Subscribing.Refused(RouteError.to(
                    topic,
                    ErrorCode.OVERLOADED,
                    "this session subscribes to " + most + " topics, the limit; unsubscribe from one first"));
        }
        return switch (join.apply(wasLoaded(topic.name()))) {
            case Topics.Joining.Joined joined -> added(joined);
            case Topics.Joining.Loading(CompletableFuture<Optional<RouteError>> ready) -> later(topic, ready);
            case Topics.Joining.Refused(RouteError error) -> new Subscribing.Refused(error);
        };
    }

    private Subscribing later(Address.Topic topic, CompletableFuture<Optional<RouteError>> ready) {
        if (loading == null) {
            loading = new Loading();
        }
        Loading now = loading;
        now.underWay.incrementAndGet();
        return new Subscribing.Later(ready.whenComplete(
                (refusal, failure) -> now.ended(topic.name(), refusal != null && refusal.isEmpty())));
    }

    private int underWay() {
        return loading == null ? 0 : loading.underWay.get();
    }

    /** Whether it was just loaded; true once. */
    private boolean wasLoaded(String topic) {
        return loading != null && loading.loaded.remove(topic);
    }

    private Subscribing added(Topics.Joining.Joined joined) {
        leave(put(joined.topic()));
        return new Subscribing.Subscribed(
                joined.topic(), joined.start().after(), joined.start().recovered());
    }

    /** Under the topic's own name: the one that the client sent would be kept beside it. */
    private @Nullable TopicLog put(TopicLog topic) {
        if (topics.isEmpty()) {
            topics = Map.of(topic.name(), topic);
            return null;
        }
        if (topics.size() == 1) {
            topics = new HashMap<>(topics);
        }
        return topics.put(topic.name(), topic);
    }

    private @Nullable TopicLog take(String topic) {
        TopicLog taken = topics.get(topic);
        if (topics.size() > 1) {
            topics.remove(topic);
        } else if (taken != null) {
            topics = Map.of();
        }
        return taken;
    }

    /** The same for one that the server has chosen. */
    synchronized Subscribing choose(Address.Topic topic, int most, Function<Boolean, Topics.Joining> join) {
        Subscribing subscribing = add(topic, most, join);
        if (subscribing instanceof Subscribing.Subscribed) {
            chosen = chosen == null ? new HashSet<>() : chosen;
            chosen.add(topic.name());
        }
        return subscribing;
    }

    synchronized boolean isChosen(String topic) {
        return chosen != null && chosen.contains(topic);
    }

    synchronized boolean remove(String topic) {
        if (chosen != null) {
            chosen.remove(topic);
        }
        TopicLog removed = take(topic);
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
        topics = Map.of();
        chosen = null;
    }
}
