package dev.signalbox.router;

import dev.signalbox.router.ClientSession.Publishing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topic whose order and history all nodes share, as this node has it. Thread-safe, and nothing here blocks.
 *
 * <p>Whatever happens to it is done in turns, one at a time and in order, by a thread that brought something: only in a turn are its fields used.
 */
final class SharedTopic {
    /*
     * The history gives each publication its place. The node that published one tells the others, over the link; they have it in their TopicLog
     * as if they had read it. What the link loses, or brings before what is before it, is read in the history:
     *
     *   the next offset                        is taken
     *   an offset further on                   waits a little for those before it, which nodes tell each for itself; then they are read
     *   an offset that is here                 is a repetition; if it is another message, the history has gone back in time
     *   another epoch                          the history is read: only it knows which epoch is the present one
     *
     * A history that has gone back would give offsets away a second time. The node that notices ends its epoch. Offsets grow from one epoch to the next,
     * so that those who follow the topic see no more of that than a gap.
     */
    private static final Logger LOG = LoggerFactory.getLogger(SharedTopic.class);

    /** Publications that wait for those before them. With more, the history is read. */
    private static final int MAX_EARLY = 1_000;

    private static final TopicPatterns NO_PATTERNS = new TopicPatterns();
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final int MAX_BACKOFF = 4;

    private final TopicLog log;
    private final SharedTopics node;
    private final TopicPatterns patterns;
    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final Serial turn = new Serial(this::handle);
    /** Publications and subscribers whose outcome is not known yet: for their sake the topic is kept. */
    private final AtomicInteger claims = new AtomicInteger();

    private final TopicAppends appends;
    private final HistoryReading reading;
    private final NavigableMap<Long, ClusterFrame.Stored> early = new TreeMap<>();
    private final List<CompletableFuture<Optional<RouteError>>> loading = new ArrayList<>();
    /** Those for whom the history is just being read. */
    private final List<CompletableFuture<Optional<RouteError>>> served = new ArrayList<>();
    /** Who waits for the end of a comparison. */
    private final List<Runnable> comparing = new ArrayList<>();
    /** Whether the epoch and the offsets of the log are those of the history. */
    private boolean known;

    /** The last offset of what was there when it got known, and the last of these that was told to patterns since. */
    private long loadedUpTo;

    private long gathered;
    /** The last offset before the first that was told, if it got known by that. */
    private long adoptedAt;

    private boolean readAgain;
    /** From where on the next reading has to look whether the history is still the same; all that is here, if that is less. */
    private long unsureAfter = Long.MAX_VALUE;

    private boolean readsWhole;
    private long sure;
    private int failures;
    private boolean isEnding;
    private boolean isPatient;

    /** How the history was read. */
    private final class Reader implements HistoryReading.Reader {
        @Override
        public void read(HistoryReading.Read read) {
            last(() -> SharedTopic.this.read(read));
        }

        @Override
        public void unknown() {
            last(SharedTopic.this::begin);
        }

        @Override
        public void failed(Throwable failure) {
            last(() -> readFailed(failure));
        }

        /** Whatever comes of it, other topics that wait to be compared have their turn then. */
        private void last(Runnable step) {
            try {
                step.run();
            } finally {
                compared();
            }
        }
    }

    SharedTopic(TopicLog log, SharedTopics node, TopicPatterns patterns) {
        this.log = log;
        this.node = node;
        this.patterns = patterns;
        this.reading = new HistoryReading(log, node, this::inTurn, new Reader());
        this.appends = new TopicAppends(log, node, this::inTurn, this::seen, this::readSoon);
    }

    private void inTurn(Runnable event) {
        events.add(event);
        turn.run();
    }

    private void handle() {
        for (Runnable event = events.poll(); event != null; event = events.poll()) {
            try {
                event.run();
            } catch (RuntimeException | Error e) {
                LOG.error("something of topic {} failed; it goes on with what comes next", log.name(), e);
            }
        }
    }

    /** Whether somebody waits for it. */
    boolean isBusy() {
        return claims.get() > 0;
    }

    /** Race: the claim is made before looking, so that a topic which is still in use then stays in use. Empty if it is not. */
    private <T> Optional<CompletableFuture<T>> claimed(Supplier<CompletableFuture<T>> work) {
        claims.incrementAndGet();
        if (log.isRetired()) {
            claims.decrementAndGet();
            return Optional.empty();
        }
        CompletableFuture<T> outcome = work.get();
        return Optional.of(outcome.whenComplete((done, failure) -> claims.decrementAndGet()));
    }

    /** What comes of publishing; empty if the topic is no longer in use. */
    Optional<CompletableFuture<Publishing>> publish(Message message, @Nullable String key) {
        return claimed(() -> {
            TopicAppends.Wish wish = node.wish(log.name(), message, key);
            if (!wish.outcome().isDone()) {
                inTurn(() -> appends.add(wish));
            }
            return wish.outcome();
        });
    }

    /** Completes once the log has all that the history keeps by now, or with the reason why not; empty if the topic is no longer in use. */
    Optional<CompletableFuture<Optional<RouteError>>> load() {
        return claimed(() -> {
            CompletableFuture<Optional<RouteError>> loaded = new CompletableFuture<>();
            inTurn(() -> {
                loading.add(loaded);
                read();
            });
            return loaded;
        });
    }

    /** The node ends, and nobody is to wait any more. */
    void close() {
        inTurn(() -> {
            appends.close();
            served.addAll(loading);
            loading.clear();
            loaded(Optional.of(RouteError.closing()));
        });
    }

    /** Something that was published elsewhere may not have come here. */
    void missed() {
        inTurn(() -> {
            if (known || reading.isActive()) {
                read();
            }
        });
    }

    /** Has what is here now compared with the history once it is run, also if more has come by then. */
    Runnable comparison() {
        long now = log.position().offset();
        return () -> node.comparisons().add(this, now);
    }

    /**
     * Looks whether the history is still the same after that offset. If nobody follows the topic here, the next subscriber has that done instead.
     *
     * @param ended is run once the history was read, or need not be
     */
    void compare(long after, Runnable ended) {
        inTurn(() -> {
            if (!known && !reading.isActive()) {
                ended.run();
                return;
            }
            unsureAfter = Math.min(unsureAfter, after);
            boolean isGathered = patterns.of(log.name()).stream().anyMatch(pattern -> pattern.subscribers() > 0);
            if (!isGathered && log.doubtsUnlessFollowed()) {
                ended.run();
                return;
            }
            comparing.add(ended);
            read();
        });
    }

    private void compared() {
        List<Runnable> ended = List.copyOf(comparing);
        comparing.clear();
        ended.forEach(Runnable::run);
    }

    /** A publication, of whichever node, has its place. */
    void arrived(ClusterFrame.Stored stored) {
        inTurn(() -> arrive(stored));
    }

    private void arrive(ClusterFrame.Stored stored) {
        if (!known && !reading.isActive()) {
            adoptedAt = stored.offset() - 1;
            log.begin(new Position(stored.epoch(), adoptedAt));
            known = true;
        }
        Position here = log.position();
        if (known && !stored.epoch().equals(here.epoch())) {
            read();
        } else if (known && stored.offset() <= here.offset()) {
            repeated(stored, here);
        } else {
            early.put(stored.offset(), stored);
            takeEarly();
        }
    }

    /** It is here already. If it came with the history, nobody has told the patterns yet. */
    private void repeated(ClusterFrame.Stored stored, Position here) {
        boolean untold = stored.offset() <= loadedUpTo && stored.offset() > gathered;
        if (log.contradicts(stored)) {
            end(here);
        } else if (stored.offset() <= adoptedAt || (untold && here.offset() > loadedUpTo)) {
            // Patterns have one that came later in the topic. For this one it is too late: they have the messages of
            // each
            // topic in its order.
            patterns.of(log.name()).forEach(TopicLog::miss);
        } else if (untold) {
            gathered = stored.offset();
            log.gather(stored, patterns);
        }
    }

    private void takeEarly() {
        ClusterFrame.Stored next = known ? nextEarly() : null;
        while (next != null) {
            early.remove(next.offset());
            log.arrive(next, patterns);
            next = nextEarly();
        }
        if (early.size() > MAX_EARLY) {
            early.clear();
            read();
        } else if (known && !early.isEmpty() && !isPatient) {
            isPatient = true;
            node.later(PATIENCE, () -> inTurn(this::patienceEnds));
        }
    }

    /** The one that comes next; null if that has not come. Forgets what is here already, and what is of another epoch. */
    private ClusterFrame.@Nullable Stored nextEarly() {
        Position here = log.position();
        NavigableMap<Long, ClusterFrame.Stored> behind = early.headMap(here.offset(), true);
        behind.values().stream()
                .filter(each -> each.epoch().equals(here.epoch()))
                .forEach(each -> repeated(each, here));
        behind.clear();
        if (early.values().removeIf(each -> !each.epoch().equals(here.epoch()))) {
            read();
        }
        return early.get(here.offset() + 1);
    }

    private void patienceEnds() {
        isPatient = false;
        if (!early.isEmpty()) {
            read();
        }
    }

    private Optional<Position> seen() {
        return known ? Optional.of(log.position()) : Optional.empty();
    }

    private void read() {
        if (reading.isActive()) {
            readAgain = true;
            return;
        }
        readAgain = false;
        served.addAll(loading);
        loading.clear();
        readsWhole = !known || (!served.isEmpty() && !log.isComplete());
        sure = known ? Math.min(log.position().offset(), unsureAfter) : 0;
        unsureAfter = Long.MAX_VALUE;
        // With the last one that is here: if it is another message there, the history has gone back, and has overtaken
        // this node since.
        reading.start(readsWhole ? 0 : Math.max(0, sure - 1));
    }

    private void readSoon() {
        node.later(PATIENCE, this::missed);
    }

    private void read(HistoryReading.Read read) {
        failures = 0;
        // What the history had before anything was told of it is new to nobody but its subscribers.
        if (!log.absorb(read, sure, readsWhole, known ? patterns : NO_PATTERNS)) {
            end(new Position(read.epoch(), read.last()));
            return;
        }
        loadedUpTo = known ? loadedUpTo : read.last();
        known = true;
        takeEarly();
        loaded(Optional.empty());
        if (readAgain || !loading.isEmpty()) {
            read();
        }
    }

    private void loaded(Optional<RouteError> refusal) {
        List<CompletableFuture<Optional<RouteError>>> done = List.copyOf(served);
        served.clear();
        done.forEach(each -> each.complete(refusal));
    }

    /** The history does not know the topic: it is new, or all of it was lost. */
    private void begin() {
        startEpoch(seen(), 0);
    }

    private void startEpoch(Optional<Position> seen, long above) {
        var _ = node.append(log, List.of(), seen, above)
                .whenComplete((begun, failure) -> inTurn(() -> {
                    isEnding = false;
                    if (failure != null) {
                        readFailed(failure);
                    } else {
                        read();
                    }
                }));
    }

    private void readFailed(Throwable failure) {
        if (known) {
            // What this reading was to look at, the next one has to, whatever has come by then.
            unsureAfter = Math.min(unsureAfter, sure);
        }
        served.addAll(loading);
        loading.clear();
        loaded(Optional.of(RouteError.historyAway(log.name(), SharedTopics.reason(failure))));
        if (known && !node.isClosed()) {
            node.later(Duration.ofSeconds(1L << Math.min(failures++, MAX_BACKOFF)), this::missed);
        }
    }

    /** The history has gone back in time, and gives offsets away again that are known here: another epoch has to begin. */
    private void end(Position last) {
        if (isEnding) {
            return;
        }
        isEnding = true;
        LOG.warn(
                "the history of topic {} has gone back in time, to a place before offset {}; its offsets go on in a new epoch, and"
                        + " subscribers are told what they may miss",
                log.name(),
                log.position().offset());
        startEpoch(Optional.of(new Position(last.epoch(), Long.MAX_VALUE)), last.offset());
    }
}
