package dev.signalbox.router;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All topics, and the one that goes to all. A topic begins with its first subscriber or message, and ends once it has neither a
 * subscriber nor a message that is kept. Thread-safe; bounded by its options.
 */
final class Topics {
    /** How often what is too old is forgotten, while anything is kept. */
    private static final Duration SWEEP = Duration.ofSeconds(10);

    /** What a session may lag behind with what goes to all. */
    private static final TopicPolicy EVERYONE =
            new TopicPolicy(1_000_000, 4 << 20, Duration.ofMinutes(1), TopicPolicy.SlowConsumer.DISCONNECT);

    private static final Address.Logic PRESENCE = Address.logic("presence");

    private final RouterOptions.Topics options;
    private final InstantSource clock;
    private final Deadlines deadlines;
    private final Map<String, TopicLog> byName = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final TopicPatterns patterns = new TopicPatterns();
    private final TopicLog everyone;
    private volatile @Nullable ClusterInterest interest;

    Topics(RouterOptions.Topics options, InstantSource clock, Deadlines deadlines) {
        this.options = options;
        this.clock = clock;
        this.deadlines = deadlines;
        this.everyone = new TopicLog("", EVERYONE, clock);
    }

    /** From now on topics have publishers on other nodes. Before the first topic. */
    void follow(ClusterInterest others) {
        interest = others;
    }

    TopicLog everyone() {
        return everyone;
    }

    /** What came of publishing; empty if there are as many topics as there may be. */
    Optional<TopicLog.Published> publish(String name, Message message, @Nullable String key) {
        return with(name, topic -> topic.publish(message, key, patterns));
    }

    /** Whether those who subscribe now had room for it; empty if there are as many topics as there may be. */
    Optional<Boolean> publishVolatile(String name, Message message) {
        return with(name, topic -> topic.publishVolatile(message, patterns));
    }

    /** As {@link #publishVolatile}, for one of another node; nothing if nobody here is interested in the topic. */
    void publishVolatileIfOpen(String name, Message message) {
        if (!patterns.of(name).isEmpty() || byName.containsKey(name)) {
            var _ = publishVolatile(name, message);
        }
    }

    /**
     * What came of a publication on another node; empty if nobody here is interested in the topic. Where patterns stand for it, it is
     * opened for them; if there are too many topics for that, their subscribers are told that something is missing.
     */
    Optional<TopicLog.Published> publishIfOpen(String name, Message message, @Nullable String key) {
        List<TopicLog> interested = patterns.of(name);
        if (interested.isEmpty() && !byName.containsKey(name)) {
            return Optional.empty();
        }
        Optional<TopicLog.Published> published = publish(name, message, key);
        if (published.isEmpty()) {
            interested.forEach(TopicLog::miss);
        }
        return published;
    }

    /** One message that was published elsewhere is missing here, also from the patterns that stand for its topic. */
    void missedMessage(String name) {
        missed(name);
        patterns.of(name).forEach(TopicLog::miss);
    }

    /** Something that was published to a topic elsewhere is missing here, and its subscribers are told. */
    void missed(String name) {
        Optional.ofNullable(byName.get(name)).ifPresent(TopicLog::miss);
    }

    TopicLog.Published publishToAll(Message message) {
        TopicLog.Published published = everyone.publish(message, null).orElseThrow();
        sweepLater();
        return published;
    }

    /** A subscriber that was let in. */
    record Joined(TopicLog topic, TopicLog.Start start) {}

    /** Lets a subscriber in; empty if there are as many topics as there may be. */
    Optional<Joined> join(String name, TopicStart from, LiveSession session) {
        String user = session.address().user();
        return with(name, topic -> topic.join(from, user).map(start -> new Joined(topic, start)));
    }

    ClientSession.Presence presence(Address.Topic topic) {
        if (topic.isPattern() || !options.policy(topic.name()).presence()) {
            return new ClientSession.Presence.Refused(
                    RouteError.to(topic, ErrorCode.MALFORMED, "nobody keeps account of who subscribes to " + topic));
        }
        TopicLog known = byName.get(topic.name());
        return known == null ? new ClientSession.Presence.Present(List.of(), 0) : known.present();
    }

    private TopicLog create(String name) {
        TopicPolicy policy = options.policy(name);
        return policy.presence() && !Address.topic(name).isPattern() && TopicPresence.subject(name) == null
                ? new TopicLog(name, policy, clock, new TopicPresence(clock, deadlines, change -> tell(name, change)))
                : new TopicLog(name, policy, clock);
    }

    /** Those who want to know subscribe to a topic of its own; if nobody does, nothing is said. */
    private void tell(String name, TopicPresence.Change change) {
        TopicLog events = byName.get(name + TopicPresence.SUFFIX);
        if (events != null) {
            Address.Topic address = Address.topic(events.name());
            Message message = Message.of(PRESENCE, address, Payload.text(change.json()))
                    .withHeader("content-type", "application/json");
            events.publish(message, null);
        }
    }

    /** A topic that was retired meanwhile has no answer, and is replaced by a new one. */
    private <T> Optional<T> with(String name, Function<TopicLog, Optional<T>> action) {
        while (true) {
            TopicLog topic = open(name);
            if (topic == null) {
                return Optional.empty();
            }
            Optional<T> answer = action.apply(topic);
            if (answer.isPresent()) {
                sweepLater();
                return answer;
            }
            remove(topic);
        }
    }

    private @Nullable TopicLog open(String name) {
        TopicLog known = byName.get(name);
        if (known != null) {
            return known;
        }
        if (count.incrementAndGet() > options.max()) {
            count.decrementAndGet();
            return byName.get(name);
        }
        TopicLog fresh = create(name);
        TopicLog winner = byName.computeIfAbsent(name, absent -> begin(fresh));
        if (winner != fresh) {
            count.decrementAndGet();
        }
        Optional.ofNullable(interest).ifPresent(others -> others.opened(name, byName::containsKey));
        return winner;
    }

    /** A pattern is found by publishers before anybody subscribes to it, who would otherwise miss messages. */
    private TopicLog begin(TopicLog topic) {
        if (Address.topic(topic.name()).isPattern()) {
            patterns.add(topic);
        }
        return topic;
    }

    private void remove(TopicLog topic) {
        if (byName.remove(topic.name(), topic)) {
            count.decrementAndGet();
            if (Address.topic(topic.name()).isPattern()) {
                patterns.remove(topic);
            }
            Optional.ofNullable(interest).ifPresent(others -> others.closed(topic.name(), byName::containsKey));
        }
    }

    private void sweepLater() {
        if (!sweeping.get() && sweeping.compareAndSet(false, true)) {
            deadlines.at(clock.instant().plus(SWEEP), this::sweep);
        }
    }

    private void sweep() {
        byName.values().forEach(topic -> {
            if (topic.retire()) {
                remove(topic);
            }
        });
        boolean empty = everyone.isEmptyAfterTrim() && byName.isEmpty();
        sweeping.set(false);
        // Race: something may have been published since; the publisher saw the sweep under way and began no other.
        if (!empty || !everyone.isEmptyAfterTrim() || !byName.isEmpty()) {
            sweepLater();
        }
    }

    List<TopicInfo> list() {
        return byName.values().stream()
                .map(TopicLog::info)
                .sorted(Comparator.comparing(TopicInfo::name))
                .toList();
    }

    Optional<Topic.Kept> read(String name, long after, int maxBytes) {
        return Optional.ofNullable(byName.get(name)).map(topic -> topic.read(after, Long.MAX_VALUE, maxBytes));
    }

    Optional<TopicInfo> find(String name) {
        return Optional.ofNullable(byName.get(name)).map(TopicLog::info);
    }
}
