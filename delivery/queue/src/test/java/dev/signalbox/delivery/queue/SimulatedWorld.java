package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock, a seed and the processes of one random history. One process runs at a time, until it pauses: then the clock moves to
 * whatever comes next. So a history depends on nothing but its seed. Times are microseconds.
 *
 * <p>Each process has a thread, and hands on the permission to run; what one wrote, the next one sees.
 */
final class SimulatedWorld {
    private static final long START = 1_772_366_400_000_000L;
    private static final Duration STUCK = Duration.ofSeconds(30);

    /** What a history has to have seen to prove anything. */
    enum Sight {
        OUTAGE,
        SENT,
        STALE,
        RESCUED,
        DENIED,
        QUARANTINED,
        PARKED,
        ABANDONED_CLAIM,
        BARRED_CLAIM,
        REFUSED_LATE,
        KILLED,
        FROZEN,
        RECOVERED
    }

    /** Ends the threads of a machine that is no more. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("the simulated machine is gone", null, false, false);
        }
    }

    /** A computer: its processes freeze and die together. */
    static final class Machine {
        private long frozenUntil;
        private boolean dead;

        boolean isDead() {
            return dead;
        }
    }

    private record Event(long at, long order, Runnable action) {}

    final SplittableRandom random;
    private final Map<Sight, Integer> sights = new EnumMap<>(Sight.class);
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final List<Coroutine> processes = new ArrayList<>();
    private final Semaphore handedBack = new Semaphore(0);
    private @Nullable Coroutine running;
    private @Nullable String violation;
    private BooleanSupplier until = () -> true;
    private long end = START;
    private boolean calm;
    private long now = START;
    private long order;

    SimulatedWorld(long seed) {
        random = new SplittableRandom(seed);
    }

    long now() {
        return now;
    }

    /** Whether nothing goes wrong any more. */
    boolean isCalm() {
        return calm;
    }

    void calmDown() {
        calm = true;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A fault's chance: none once the world is calm. */
    boolean fault(double probability) {
        return !calm && chance(probability);
    }

    Duration between(Duration least, Duration most) {
        return Duration.ofNanos(random.nextLong(least.toNanos(), most.toNanos() + 1));
    }

    void saw(Sight sight) {
        sights.merge(sight, 1, Integer::sum);
    }

    Map<Sight, Integer> sights() {
        return sights;
    }

    /** Says that a promise was broken. It is noticed when the process pauses: what it throws, a dispatcher would catch. */
    void violated(String promise) {
        violation = violation == null ? promise : violation;
    }

    void after(Duration delay, Runnable action) {
        events.add(new Event(now + Micros.of(delay), order++, action));
    }

    /** Has something run on a machine, on a thread of its own. */
    void start(Machine machine, String name, Runnable body) {
        Coroutine process = new Coroutine(machine, name, body);
        processes.add(process);
        after(Duration.ZERO, process::resume);
    }

    /** Lets so much time go by for the process that calls it. */
    void pause(Duration length) {
        Coroutine current = running;
        if (current == null) {
            throw new IllegalStateException("only a process can pause");
        }
        current.pause(length);
    }

    void freeze(Machine machine, Duration length) {
        saw(Sight.FROZEN);
        machine.frozenUntil = now + Micros.of(length);
    }

    void kill(Machine machine) {
        saw(Sight.KILLED);
        machine.dead = true;
    }

    /** Lets time go by until the condition holds; false if it did not within so long. */
    boolean runUntil(Duration longest, BooleanSupplier condition) {
        end = now + Micros.of(longest);
        until = condition;
        while (!condition.getAsBoolean()) {
            Event next = events.peek();
            if (next == null || next.at() > end) {
                return false;
            }
            events.remove();
            now = Math.max(now, next.at());
            next.action().run();
            if (violation != null) {
                throw new AssertionError(violation);
            }
        }
        return true;
    }

    /** Ends the threads of all processes. */
    void end() {
        for (Coroutine process : processes) {
            process.machine.dead = true;
            process.end();
        }
    }

    private final class Coroutine {
        private final Machine machine;
        private final Thread thread;
        private final Semaphore turn = new Semaphore(0);
        private boolean started;
        private boolean ended;

        Coroutine(Machine machine, String name, Runnable body) {
            this.machine = machine;
            this.thread = Thread.ofVirtual().name(name).unstarted(() -> run(body));
        }

        private void run(Runnable body) {
            try {
                turn.acquireUninterruptibly();
                body.run();
            } catch (Throwable e) {
                if (!(e instanceof Killed)) {
                    violated(thread.getName() + " ended with " + e);
                }
            } finally {
                ended = true;
                handedBack.release();
            }
        }

        void resume() {
            if (machine.dead) {
                return;
            }
            if (machine.frozenUntil > now) {
                events.add(new Event(machine.frozenUntil, order++, this::resume));
                return;
            }
            takeTurn();
        }

        private void takeTurn() {
            if (!started) {
                started = true;
                thread.start();
            }
            running = this;
            turn.release();
            awaitEndOfTurn();
            running = null;
        }

        private void awaitEndOfTurn() {
            try {
                if (!handedBack.tryAcquire(STUCK.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError(thread.getName() + " waits for something that never comes");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }

        void pause(Duration length) {
            if (machine.dead) {
                throw new Killed();
            }
            long at = now + Micros.of(length);
            if (isNext(at)) {
                now = at;
                return;
            }
            after(length, this::resume);
            handedBack.release();
            turn.acquireUninterruptibly();
            if (machine.dead) {
                throw new Killed();
            }
        }

        /**
         * Whether it would be resumed before anything else happens. Then it goes on at once: that gives the same history, most
         * of whose time would otherwise go into handing the turn to another thread and back.
         */
        private boolean isNext(long at) {
            Event next = events.peek();
            return (next == null || at < next.at())
                    && at <= end
                    && machine.frozenUntil <= at
                    && violation == null
                    && !until.getAsBoolean();
        }

        void end() {
            while (started && !ended) {
                takeTurn();
            }
        }
    }
}
