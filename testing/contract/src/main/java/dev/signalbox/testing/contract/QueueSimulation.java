package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * One random history, and a model of the world beside it: which reaches were accepted, and what providers really delivered.
 *
 * <p>What must hold: each accepted reach ends in one final state; a person gets a message at most once, unless an operator
 * revived it; what is SENT was delivered, and what was delivered is never called DEAD, REJECTED, EXPIRED or CANCELLED.
 */
final class QueueSimulation implements AutoCloseable {
    private static final List<Channel> CHANNELS = List.of(Channel.LIVE, Channel.SMS, Channel.EMAIL);
    private static final Duration KEY_LIFETIME = Duration.ofMinutes(5);
    private static final DispatchOptions OPTIONS = DeliveryQueueContract.OPTIONS.withBatch(8);

    private final SplittableRandom random;
    private final DeliveryQueue queue;
    private final MovableClock clock;
    private final Runnable audit;
    private final Dispatcher[] nodes = new Dispatcher[3];
    private final List<Dispatcher> abandoned = new ArrayList<>();
    private final List<CountDownLatch> hangs = new CopyOnWriteArrayList<>();
    private final List<Thread> hanging = new ArrayList<>();
    private final Map<UUID, Integer> revivals = new LinkedHashMap<>();
    private final Map<String, Instant> knownKeys = new HashMap<>();
    private final Map<UUID, Integer> delivered = new HashMap<>();
    private int calmAfter = Integer.MAX_VALUE;
    private int operation;

    QueueSimulation(long seed, DeliveryQueue queue, MovableClock clock, Runnable audit) {
        this.random = new SplittableRandom(seed);
        this.queue = queue;
        this.clock = clock;
        this.audit = audit;
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = newNode();
        }
    }

    private Dispatcher newNode() {
        Dispatcher.Builder node = Dispatcher.builder(queue)
                .options(OPTIONS)
                .random(random.split())
                .listener(new ThrowingListener());
        for (Channel channel : CHANNELS) {
            // E-mail stands for a provider that knows no keys.
            Duration lifetime = channel.equals(Channel.EMAIL) ? Duration.ZERO : KEY_LIFETIME;
            node.sender(ScriptedSender.of(channel)
                    .withKeyLifetime(lifetime)
                    .answering(delivery -> provider(delivery, lifetime)));
        }
        return node.build();
    }

    void run(int operations) {
        for (operation = 0; operation < operations; operation++) {
            step();
            if (operation % 25 == 0) {
                audit.run();
            }
        }
        settle();
        check();
    }

    private void step() {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> enqueue();
            case 3, 4, 5 -> runNode(random.nextInt(nodes.length));
            case 6, 7 -> clock.advance(Duration.ofMillis(random.nextLong(1, 20_000)));
            case 8 -> change();
            default -> clock.advance(Duration.ofMillis(random.nextLong(1, 300_000) / 4));
        }
    }

    private void enqueue() {
        List<Reach> reaches = new ArrayList<>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            reaches.add(reach());
        }
        for (Receipt receipt : queue.enqueueAll(reaches)) {
            revivals.putIfAbsent(receipt.id(), 0);
        }
    }

    private Reach reach() {
        Reach.Builder reach = Reach.to(randomChannel(), "a").body("body");
        if (random.nextBoolean()) {
            reach.within(Duration.ofMillis(random.nextLong(1, 60_000)));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            reach.then(randomChannel(), "b");
        }
        if (random.nextInt(4) == 0) {
            reach.dedupeKey("key " + random.nextInt(20));
        }
        Instant at = clock.instant().plusMillis(random.nextLong(1, 100_000));
        if (random.nextInt(4) == 0) {
            reach.at(at);
        }
        if (random.nextInt(4) == 0) {
            reach.expiresAt(at.plusMillis(random.nextLong(1, 200_000)));
        }
        return reach.priority(random.nextInt(10))
                .maxAttempts(random.nextInt(1, 5))
                .build();
    }

    private Channel randomChannel() {
        return CHANNELS.get(random.nextInt(CHANNELS.size()));
    }

    /** Runs a node until it is done, or hangs in a sender; then it is abandoned and another takes its place. */
    private void runNode(int index) {
        Dispatcher node = nodes[index];
        int before = hangs.size();
        Thread thread = Thread.ofVirtual().unstarted(node::runOnce);
        hanging.add(thread);
        thread.start();
        awaitEndOrHang(thread, before);
        if (hangs.size() > before) {
            abandoned.add(node);
            nodes[index] = newNode();
        } else {
            hanging.remove(thread);
        }
    }

    private void awaitEndOrHang(Thread thread, int hangsBefore) {
        while (thread.isAlive() && hangs.size() == hangsBefore) {
            Thread.onSpinWait();
        }
    }

    /** A provider: it may deliver before it answers, answer wrongly, or not at all; with a key it delivers once. */
    private SendResult provider(Delivery delivery, Duration lifetime) throws InterruptedException {
        int fate = operation >= calmAfter ? 0 : random.nextInt(12);
        return switch (fate) {
            case 5 ->
                random.nextInt(4) == 0
                        ? new SendResult.NotSent("401", Optional.empty(), SendResult.Scope.ACCOUNT)
                        : new SendResult.NotSent("later", Optional.empty());
            case 6 -> new SendResult.NotSent("busy", Optional.of(Duration.ofSeconds(random.nextInt(100))));
            case 7 -> refuse(delivery, lifetime);
            case 8 -> random.nextBoolean() ? new SendResult.Unknown("not delivered, no answer") : Nothing.result();
            case 9 -> {
                deliver(delivery, lifetime);
                yield new SendResult.Unknown("delivered, no answer");
            }
            case 10 -> {
                if (random.nextBoolean()) {
                    deliver(delivery, lifetime);
                }
                yield hang();
            }
            default -> {
                deliver(delivery, lifetime);
                yield new SendResult.Accepted(Optional.of(delivery.idempotencyKey()));
            }
        };
    }

    /** A provider that has accepted a key says so again rather than refuse it. */
    private SendResult refuse(Delivery delivery, Duration lifetime) {
        if (isKnown(delivery, lifetime)) {
            return new SendResult.Accepted(Optional.of(delivery.idempotencyKey()));
        }
        return new SendResult.Rejected("never");
    }

    private void deliver(Delivery delivery, Duration lifetime) {
        if (!isKnown(delivery, lifetime)) {
            knownKeys.put(delivery.idempotencyKey(), clock.instant());
            delivered.merge(delivery.id(), 1, Integer::sum);
        }
    }

    private boolean isKnown(Delivery delivery, Duration lifetime) {
        Instant since = knownKeys.get(delivery.idempotencyKey());
        return since != null && clock.instant().isBefore(since.plus(lifetime));
    }

    private SendResult hang() throws InterruptedException {
        CountDownLatch forever = new CountDownLatch(1);
        hangs.add(forever);
        forever.await();
        return new SendResult.Accepted(Optional.empty());
    }

    private void change() {
        if (revivals.isEmpty()) {
            return;
        }
        UUID id = new ArrayList<>(revivals.keySet()).get(random.nextInt(revivals.size()));
        if (random.nextInt(3) == 0) {
            queue.cancel(id);
        } else if (queue.find(id).orElseThrow().state().isFinal()
                && queue.retry(id).equals(Optional.of(MessageState.PENDING))) {
            revivals.merge(id, 1, Integer::sum);
        }
    }

    /** Lets providers be well and time go by until all is over. */
    private void settle() {
        calmAfter = 0;
        for (int round = 0; round < 200 && !isOver(); round++) {
            clock.advance(Duration.ofSeconds(40));
            for (int i = 0; i < nodes.length; i++) {
                runNode(i);
            }
        }
        assertThat(isOver()).as("all is over in the end: %s", queue.counts()).isTrue();
        audit.run();
        hangs.forEach(CountDownLatch::countDown);
        hanging.forEach(QueueSimulation::join);
        audit.run();
    }

    private boolean isOver() {
        Map<MessageState, Long> counts = queue.counts().byState();
        return counts.entrySet().stream().allMatch(count -> count.getKey().isFinal() || count.getValue() == 0);
    }

    private void check() {
        revivals.forEach((id, revived) -> {
            MessageState state = queue.find(id).orElseThrow().state();
            int times = delivered.getOrDefault(id, 0);
            assertThat(state.isFinal()).as("%s is %s", id, state).isTrue();
            assertThat(times).as("deliveries of %s, %s", id, queue.find(id)).isLessThanOrEqualTo(1 + revived);
            if (state == MessageState.SENT) {
                assertThat(times).as("deliveries of %s, which is SENT", id).isPositive();
            } else if (state != MessageState.UNKNOWN && revived == 0) {
                assertThat(times).as("deliveries of %s, %s", id, queue.find(id)).isZero();
            }
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        hangs.forEach(CountDownLatch::countDown);
        hanging.forEach(QueueSimulation::join);
        abandoned.forEach(Dispatcher::close);
        for (Dispatcher node : nodes) {
            node.close();
        }
    }
}
