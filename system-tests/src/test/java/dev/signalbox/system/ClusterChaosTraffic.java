package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/** Clients that send at random, and connect again to any node when theirs is gone. All of that is done by one thread. */
final class ClusterChaosTraffic implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration EACH_ATTEMPT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 3;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    /** A client told another, or published, so much. */
    private record Mark(ClusterChaosClient from, ClusterChaosClient to, int told, int published) {}

    private final List<ClusterChaosClient> clients = new ArrayList<>();
    private final List<Integer> ports;
    private final ClusterChaosHistory history;
    private final Random random;
    private final AtomicLong frames = new AtomicLong();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("traffic").factory());
    private final Future<?> work;
    private volatile boolean paused;

    /** @param ports of the nodes, where clients connect over TCP */
    ClusterChaosTraffic(List<String> users, List<Integer> ports, ClusterChaosHistory history, Random random) {
        this.ports = ports;
        this.history = history;
        this.random = random;
        users.forEach(user -> clients.add(new ClusterChaosClient(user, history)));
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).connect(ports.get(i % ports.size()));
        }
        work = thread.scheduleWithFixedDelay(this::tick, 0, LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        clients.stream().filter(ClusterChaosClient::isClosed).forEach(each -> each.connect(any(ports)));
        if (!paused) {
            frames.incrementAndGet();
            send(any(clients), any(clients).user());
        }
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private void send(ClusterChaosClient from, String to) {
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> from.tell(to);
            case 4, 5 -> from.tellAcknowledged(to);
            case 6, 7, 8 -> from.publish();
            default -> from.run();
        }
    }

    /** Waits until so many more frames were sent. */
    void awaitFrames(int more) {
        long until = frames.get() + more;
        await(more + " frames")
                .atMost(PATIENCE)
                .pollInterval(LOOK_AGAIN)
                .failFast("the traffic ended", work::isDone)
                .until(() -> frames.get() >= until);
    }

    /** From now on clients only connect again and answer. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    /** The sessions of the clients that are connected. */
    Set<String> sessions() {
        return clients.stream().flatMap(each -> each.session().stream()).collect(Collectors.toSet());
    }

    /**
     * Has each client write to all, and publish, and waits until all of that has come. That is tried three times: on a busy machine a link may
     * break just then, and what needs no acknowledgement is lost.
     */
    void reachEachOther(String when) throws Exception {
        for (int attempt = 1; !isComing(thread.submit(this::mark).get()); attempt++) {
            assertThat(attempt).as("attempts to reach each other; %s", when).isLessThan(ATTEMPTS);
        }
    }

    private boolean isComing(List<Mark> marks) {
        try {
            await().atMost(EACH_ATTEMPT)
                    .pollInterval(LOOK_AGAIN)
                    .until(() -> marks.stream().allMatch(this::hasCome));
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private List<Mark> mark() {
        List<Mark> marks = new ArrayList<>();
        for (ClusterChaosClient from : clients) {
            int published = from.publish();
            for (ClusterChaosClient to : clients) {
                marks.add(new Mark(from, to, from.tell(to.user()), published));
            }
        }
        return marks;
    }

    private boolean hasCome(Mark mark) {
        String from = mark.from().name();
        String to = mark.to().name();
        return mark.told() > 0 && history.isTold(to, from, mark.told()) && history.isHeard(to, from, mark.published());
    }

    @Override
    public void close() throws InterruptedException {
        thread.shutdownNow();
        assertThat(thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        clients.forEach(ClusterChaosClient::close);
    }
}
