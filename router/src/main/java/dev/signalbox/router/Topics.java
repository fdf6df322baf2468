package dev.signalbox.router;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    private final TopicPresences presences;
    private final PresenceQueries queries;
    private final TopicLog everyone;
    private volatile @Nullable ClusterInterest interest;
    private volatile @Nullable SharedTopics sharing;

    Topics(RouterOptions.Topics options, InstantSource clock, Deadlines deadlines) {
        this.options = options;
        this.clock = clock;
        this.deadlines = deadlines;
        this.presences = new TopicPresences(clock, deadlines, this::tell);
        this.queries = new PresenceQueries(presences, clock, deadlines);
        this.everyone = new TopicLog("", EVERYONE, clock);
    }

    /** From now on topics have publishers and subscribers on other nodes. Before the first topic. */
    void follow(ClusterInterest others, ClusterPresence present) {
        interest = others;
        presences.join(present);
        queries.follow(others, present);
    }

    /** From now on the topics whose policies want it are those of all nodes. Before the first topic. */
    void share(SharedTopics with) {
        sharing = with;
    }

    /** Whether its order and history are those of all nodes. */
    boolean isShared(String name) {
        TopicLog known = byName.get(name);
        return known == null ? shares(name) : known.shared() != null;
    }

    private boolean shares(String name) {
        return sharing != null
                && options.policy(name).scope() == TopicPolicy.Scope.CLUSTER
                && !Address.topic(name).isPattern()
                && TopicPresence.subject(name) == null;
    }

    /** Those that this node has. */
    List<SharedTopic> shared() {
        return byName.values().stream()
                .flatMap(topic -> Optional.ofNullable(topic.shared()).stream())
                .toList();
    }

    TopicLog everyone() {
        return everyone;
    }

    /** What came of publishing; empty if there are as many topics as there may be. */
    Optional<TopicLog.Published> publish(String name, Message message, @Nullable String key) {
        return with(name, topic -> topic.publish(message, key, patterns));
    }

    /** What comes of publishing to a topic that all nodes share; empty if there are as many topics as there may be. */
    Optional<CompletableFuture<ClientSession.Publishing>> append(String name, Message message, @Nullable String key) {
        return with(name, topic -> Objects.requireNonNull(topic.shared()).publish(message, key));
    }

    /** A publication, of whichever node, has its place in a history; it is nothing to those who are not interested in its topic. */
    void stored(ClusterFrame.Stored stored) {
        String name = stored.entry().topic();
        List<TopicLog> interested = patterns.of(name);
        if (interested.isEmpty() && !byName.containsKey(name)) {
            return;
        }
        TopicLog topic = open(name);
        SharedTopic shared = topic == null ? null : topic.shared();
        if (shared != null) {
            shared.arrived(stored);
            sweepLater();
        } else {
            interested.forEach(TopicLog::miss);
        }
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
        if ((interested.isEmpty() && !byName.containsKey(name)) || isShared(name)) {
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
        Optional.ofNullable(byName.get(name)).ifPresent(topic -> {
            if (topic.shared() == null) {
                topic.miss();
            } else {
                topic.shared().comparison().run();
            }
        });
    }

    /** Compares a topic, as it is now, with its history once it is run. If the history is not the cluster's, it does nothing. */
    Runnable comparison(String name) {
        TopicLog topic = byName.get(name);
        SharedTopic shared = topic == null ? null : topic.shared();
        return shared == null ? () -> {} : shared.comparison();
    }

    TopicLog.Published publishToAll(Message message) {
        TopicLog.Published published = everyone.publish(message, null).orElseThrow();
        sweepLater();
        return published;
    }

    /** What came of a subscriber. */
    sealed interface Joining {
        /** It was let in. */
        record Joined(TopicLog topic, SubscriptionStart start) implements Joining {}

        /** It has to try again once this has completed with no reason why not. */
        record Loading(CompletableFuture<Optional<RouteError>> loaded) implements Joining {}

        /** It was not. */
        record Refused(RouteError error) implements Joining {}
    }

    /** Lets a subscriber in; {@code loaded} if the topic was just loaded for it. */
    Joining join(Address.Topic address, TopicStart from, LiveSession session, boolean loaded) {
        String user = session.address().user();
        return with(address.name(), topic -> join(topic, from, user, loaded))
                .orElseGet(() -> new Joining.Refused(RouteError.tooManyTopics(address)));
    }

    private static Optional<Joining> join(TopicLog topic, TopicStart from, String user, boolean justLoaded) {
        SharedTopic shared = topic.shared();
        if (shared == null) {
            return letIn(topic, from, user);
        }
        if (topic.reaches(from) || (justLoaded && topic.isComplete())) {
            return letIn(topic, from, user, shared);
        }
        return shared.load().flatMap(loaded -> {
            if (!loaded.isDone()) {
                return Optional.of(new Joining.Loading(loaded));
            }
            Optional<RouteError> refusal = loaded.join();
            return refusal.isPresent()
                    ? Optional.of(new Joining.Refused(refusal.get()))
                    : letIn(topic, from, user, shared);
        });
    }

    private static Optional<Joining> letIn(TopicLog topic, TopicStart from, String user) {
        return topic.join(from, user).map(start -> new Joining.Joined(topic, start));
    }

    /** Race: something may have been missed since it was known that the topic is as it should be, while nobody subscribed to it who had to be told. */
    private static Optional<Joining> letIn(TopicLog topic, TopicStart from, String user, SharedTopic shared) {
        Optional<Joining> joined = letIn(topic, from, user);
        if (topic.isDoubtful()) {
            shared.missed();
        }
        return joined;
    }

    /** Whether anybody keeps account of who subscribes to a topic. */
    private boolean hasPresence(String name) {
        return !Address.topic(name).isPattern()
                && TopicPresence.subject(name) == null
                && options.policy(name).presence();
    }

    /** Who subscribes to a topic; see {@link Router#presence}. */
    ClientSession.Presence presence(Address.Topic topic, String after, int most) {
        String name = topic.name();
        if (!hasPresence(name)) {
            return new ClientSession.Presence.Refused(
                    RouteError.to(topic, ErrorCode.MALFORMED, "nobody keeps account of who subscribes to " + topic));
        }
        return queries.ask(name, after, most);
    }

    private TopicLog create(String name) {
        TopicPolicy policy = options.policy(name);
        String observed = observed(name);
        TopicPresence presence = observed == null ? null : presences.hold(observed);
        TopicLog topic = new TopicLog(name, policy, clock, name.equals(observed) ? presence : null);
        SharedTopics with = sharing;
        if (with != null && shares(name)) {
            topic.shares(new SharedTopic(topic, with, patterns));
        }
        return topic;
    }

    /** The topic whose presence is kept while this one is there: itself, or the one whose changes it tells. Null if there is none. */
    private @Nullable String observed(String name) {
        String subject = TopicPresence.subject(name);
        String observed = subject == null ? name : subject;
        return !observed.isEmpty() && hasPresence(observed) ? observed : null;
    }

    private void release(TopicLog topic) {
        String observed = observed(topic.name());
        if (observed != null) {
            presences.release(observed);
        }
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
            release(fresh);
        }
        Optional.ofNullable(interest).ifPresent(others -> follow(winner, others));
        return winner;
    }

    /** What was published elsewhere before the broker confirmed that this node hears of it did not come here. */
    private void follow(TopicLog topic, ClusterInterest others) {
        CompletionStage<?> following = others.opened(topic.name(), byName::containsKey);
        SharedTopic shared = topic.shared();
        if (shared != null) {
            var _ = following.thenRun(shared::missed);
        }
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
            release(topic);
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
