package dev.signalbox.cluster.nats;

import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistoryException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The history of topics in a JetStream stream. Thread-safe: each question has a virtual thread, which waits for the others of its topic and then for
 * the server.
 */
final class NatsHistory implements TopicHistory, NatsSupervisor.Owner {
    /** The most bytes of a batch: with its headers it fits into the default {@code max_payload} of 1 MiB. */
    static final int MAX_BATCH = (1 << 20) - (16 << 10);

    private static final int MAX_BYTES = MAX_BATCH - (4 << 10);

    /** Topics of which this node remembers where their entries are; of others it reads the subject anew. */
    private static final int MAX_TOPICS = 1_000;

    private final NatsLinkOptions options;
    /** Completes with the first attempt to connect: what is asked before that waits for it. */
    private final CompletableFuture<Void> tried = new CompletableFuture<>();
    /** Those used last are at the end. Guarded by itself. */
    private final Map<String, Guarded> topics = new LinkedHashMap<>(16, 0.75f, true);

    private volatile @Nullable NatsStream stream;
    private volatile String problem = "it is not connected yet";
    private volatile boolean closed;
    private @Nullable NatsSupervisor supervisor;

    /** A topic, and who uses it. */
    private record Guarded(NatsTopic topic, ReentrantLock lock) {}

    private NatsHistory(NatsLinkOptions options) {
        this.options = options;
    }

    static NatsHistory start(NatsLinkOptions options, NatsBounds bounds) {
        NatsHistory made = new NatsHistory(options);
        made.supervisor = NatsSupervisor.start(options, bounds, made);
        return made;
    }

    @Override
    public int maxBytes() {
        return MAX_BYTES;
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        for (Entry entry : append.entries()) {
            int length = entry.content().bytes().length;
            if (length > MAX_BYTES) {
                throw new IllegalArgumentException("an entry has up to " + MAX_BYTES + " bytes, not " + length);
            }
        }
        return ask(append.topic(), (topic, through) -> topic.append(through, append));
    }

    @Override
    public CompletionStage<Optional<Page>> read(String topic, long after, int maxBytes) {
        return ask(topic, (known, through) -> known.read(through, after, maxBytes));
    }

    private <T> CompletionStage<T> ask(String topic, BiFunction<NatsTopic, NatsStream, T> work) {
        return tried.thenCompose(done -> {
            CompletableFuture<T> answer = new CompletableFuture<>();
            Thread.ofVirtual().name("nats-history").start(() -> answer(topic, work, answer));
            return answer;
        });
    }

    private <T> void answer(String topic, BiFunction<NatsTopic, NatsStream, T> work, CompletableFuture<T> answer) {
        T done;
        try {
            done = run(guarded(topic), work);
        } catch (TopicHistoryException e) {
            answer.completeExceptionally(e);
            return;
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(new TopicHistoryException("the history has a fault: " + e, true, e));
            return;
        }
        answer.complete(done);
    }

    private <T> T run(Guarded guarded, BiFunction<NatsTopic, NatsStream, T> work) {
        guarded.lock().lock();
        try {
            NatsStream through = stream;
            if (through == null || closed) {
                throw new TopicHistoryException(
                        closed ? "the history is closed" : "NATS cannot be asked: " + problem, false);
            }
            return work.apply(guarded.topic(), through);
        } finally {
            guarded.lock().unlock();
        }
    }

    /** A topic that was forgotten while it is used is used twice at a time: its conditions keep both in order. */
    private Guarded guarded(String name) {
        synchronized (topics) {
            Guarded known = topics.computeIfAbsent(name, same -> new Guarded(new NatsTopic(name), new ReentrantLock()));
            if (topics.size() > MAX_TOPICS) {
                topics.remove(topics.keySet().iterator().next());
            }
            return known;
        }
    }

    @Override
    public void use(NatsSession session) {
        try {
            stream = new NatsStream(session.connection(), options);
        } catch (IOException e) {
            down("JetStream cannot be used: " + e.getMessage());
        }
        tried.complete(null);
    }

    @Override
    public void down(String reason) {
        problem = reason;
        stream = null;
        tried.complete(null);
    }

    @Override
    public void ended(NatsSession session, String reason) {
        down(reason);
    }

    @Override
    public void close() {
        closed = true;
        tried.complete(null);
        if (supervisor != null) {
            supervisor.close();
        }
    }
}
