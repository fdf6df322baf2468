package dev.signalbox.ha.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** Time, and what happens when. Everything runs on one thread; a call that takes time lets the others run meanwhile. */
final class SimulatedWorld {
    /** What may go wrong with clocks in one history; the others would excuse two holders at a time. */
    enum Weather {
        /** Wall clocks of nodes jump by up to an hour, either way. */
        WALL_CLOCKS_JUMP,
        /** Nodes are suspended as virtual machines are: their monotonic clock stands still. */
        SUSPENDED,
        /** The store's clock jumps by up to an hour. Only the fence helps then. */
        STORE_CLOCK_JUMPS
    }

    private record Happening(long at, long order, Runnable what) {}

    final SplittableRandom random;
    final Weather weather;
    final List<SimulatedNode> nodes = new ArrayList<>();
    private final PriorityQueue<Happening> happenings =
            new PriorityQueue<>(Comparator.comparingLong(Happening::at).thenComparingLong(Happening::order));
    private Runnable afterEach = () -> {};
    private long now = 1_000_000_000L;
    private long order;
    long storeSkew;
    long storeDownUntil;
    boolean calm;

    SimulatedWorld(long seed) {
        random = new SplittableRandom(seed);
        weather = Weather.values()[random.nextInt(Weather.values().length)];
    }

    void afterEach(Runnable check) {
        afterEach = check;
    }

    long now() {
        return now;
    }

    long storeNanos() {
        return now + storeSkew;
    }

    Instant wall() {
        return Instant.EPOCH.plusNanos(now);
    }

    boolean chance(double probability) {
        return !calm && random.nextDouble() < probability;
    }

    /** A time between zero and that many of the lease's times to live. */
    long span(double ttls) {
        return (long) (random.nextDouble() * ttls * LeaseSimulation.TTL.toNanos());
    }

    void after(long nanos, Runnable what) {
        happenings.add(new Happening(now + nanos, order++, what));
    }

    void elapse(Duration time) {
        elapse(time.toNanos());
    }

    /** Lets time pass, and everything happen that is due in it. */
    void elapse(long nanos) {
        long until = now + nanos;
        for (Happening next = happenings.peek(); next != null && next.at() <= until; next = happenings.peek()) {
            happenings.remove();
            now = Math.max(now, next.at());
            next.what().run();
            afterEach.run();
        }
        now = Math.max(now, until);
        afterEach.run();
    }
}
