package dev.signalbox.exec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends runs, on one thread: SIGTERM, the grace, SIGKILL, until none of their processes is left. One look at {@code /proc} serves all
 * runs that are being ended, so a thousand timeouts at once cost no more looks than one.
 *
 * <p>A process belongs to a run if it is in its process group, carries its {@link Marker}, or has a parent that does. The first holds for
 * nearly all; the second finds those that have left group and parent (a double fork with setsid), the third those that in addition
 * have dropped the environment, as long as their parent lives. A process that has done all three before the end is not found.
 */
final class Terminator {
    private static final Logger LOG = LoggerFactory.getLogger(Terminator.class);

    /** From SIGKILL to giving up on what even that does not end. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    /** Between looks at the processes that are known to be left: a few files. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

    /** Between looks at all processes. A busy host has many: never more than a fifth of one processor. */
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int SHARE = 4;

    /** How often nothing must be seen, if not everything could be. */
    private static final int LOOKS_IF_PARTIAL = 3;

    /** One run to end. */
    static final class Termination {
        private final int group;
        private final String marker;
        private final long deadline;
        private final Runnable gone;
        private final Set<Processes.Id> asked = new HashSet<>();
        private List<Processes.Id> left = List.of();
        private boolean leaderIsOurs = true;
        private boolean begun;
        private boolean killed;
        private int emptyLooks;

        /** @param group whose leader this library does not reap until {@code gone} */
        Termination(int group, String marker, Duration grace, Runnable gone) {
            this.group = group;
            this.marker = marker;
            this.deadline = System.nanoTime() + grace.toNanos();
            this.gone = gone;
        }

        /** Whether that is its group. If other code has reaped the leader, the id may belong to another group by now. */
        boolean owns(int candidate) {
            return leaderIsOurs && candidate == group;
        }

        void signalGroup(int signal) {
            if (leaderIsOurs) {
                Libc.kill(-group, signal);
            }
        }
    }

    private final BlockingQueue<Termination> arriving = new LinkedBlockingQueue<>();
    private final List<Termination> terminations = new ArrayList<>();
    private final Processes processes = new Processes();

    void start() {
        Thread.ofPlatform().name("exec-terminator").daemon().start(this::loop);
    }

    /** Ends a run; {@code gone} is called when none of it is left, or what is left cannot be ended. */
    void end(Termination termination) {
        arriving.add(termination);
    }

    private void loop() {
        long next = System.nanoTime();
        while (true) {
            try {
                await();
                long now = System.nanoTime();
                if (now - next >= 0 || terminations.stream().anyMatch(this::hasNews)) {
                    round(now);
                    long end = System.nanoTime();
                    next = end + Math.min(SHARE * (end - now), LONGEST_PAUSE);
                }
            } catch (InterruptedException | RuntimeException | Error e) {
                LOG.error("ending commands hit an unexpected error; their process groups are killed", e);
                giveUp();
            }
        }
    }

    /** So that nobody waits for ever, and this loop does not meet the same error again and again. */
    private void giveUp() {
        List<Termination> all = List.copyOf(terminations);
        terminations.clear();
        for (Termination termination : all) {
            termination.signalGroup(Libc.SIGKILL);
            termination.gone.run();
        }
    }

    /** Whether a run may be over, or is to be killed now. */
    private boolean hasNews(Termination termination) {
        return !termination.begun
                || (!termination.killed && System.nanoTime() - termination.deadline >= 0)
                || termination.left.stream().noneMatch(processes::isAlive);
    }

    private void await() throws InterruptedException {
        Termination first = terminations.isEmpty() ? arriving.take() : arriving.poll(PAUSE, TimeUnit.NANOSECONDS);
        if (first != null) {
            terminations.add(first);
        }
        arriving.drainTo(terminations);
    }

    private void round(long now) {
        for (Termination termination : terminations) {
            termination.leaderIsOurs = Libc.isOurs(termination.group);
            if (now - termination.deadline >= 0) {
                termination.signalGroup(Libc.SIGKILL);
            }
        }
        Processes.Snapshot snapshot = processes.look();
        Map<Termination, List<Processes.Seen>> members = members(snapshot);
        for (Iterator<Termination> each = terminations.iterator(); each.hasNext(); ) {
            Termination termination = each.next();
            List<Processes.Seen> left = members.getOrDefault(termination, List.of());
            if (isOver(termination, left, snapshot.coverage(), now)) {
                each.remove();
                termination.gone.run();
            } else {
                termination.left = left.stream().map(Processes.Seen::id).toList();
                press(termination, left, now);
            }
        }
    }

    private static boolean isOver(
            Termination termination, List<Processes.Seen> left, Processes.Coverage coverage, long now) {
        if (now - termination.deadline > PATIENCE) {
            LOG.error(
                    "{} processes of the group {} do not end, or cannot be seen; first of them {}",
                    left.size(),
                    termination.group,
                    left.isEmpty() ? "none" : left.getFirst().id().pid());
            return true;
        }
        if (coverage == Processes.Coverage.NONE) {
            return isOverUnseen(termination, now);
        }
        termination.emptyLooks = left.isEmpty() ? termination.emptyLooks + 1 : 0;
        return termination.emptyLooks >= (coverage == Processes.Coverage.ALL ? 1 : LOOKS_IF_PARTIAL);
    }

    /** Without descriptors there is no looking at processes; the group gets its signals even so. */
    private static boolean isOverUnseen(Termination termination, long now) {
        boolean over =
                now - termination.deadline >= 0 && Libc.peek(termination.group).isPresent();
        if (over) {
            LOG.warn(
                    "no file descriptors are left to look for processes that have left the group {}; it was killed, they"
                            + " may run on",
                    termination.group);
        }
        return over;
    }

    private void press(Termination termination, List<Processes.Seen> left, long now) {
        boolean kill = now - termination.deadline >= 0;
        if (!termination.begun && !kill) {
            termination.signalGroup(Libc.SIGTERM);
            // A stopped process minds SIGTERM only once it goes on.
            termination.signalGroup(Libc.SIGCONT);
        }
        termination.begun = true;
        termination.killed = kill;
        for (Processes.Seen process : left) {
            if (termination.owns(process.group())) {
                continue;
            }
            if (kill) {
                processes.signal(process.id(), Libc.SIGKILL);
            } else if (termination.asked.add(process.id())) {
                processes.signal(process.id(), Libc.SIGTERM, Libc.SIGCONT);
            }
        }
    }

    private Map<Termination, List<Processes.Seen>> members(Processes.Snapshot snapshot) {
        Map<Integer, Termination> byGroup = new HashMap<>();
        Map<String, Termination> byMarker = new HashMap<>();
        Map<Processes.Id, Termination> byId = new HashMap<>();
        for (Termination termination : terminations) {
            if (termination.leaderIsOurs) {
                byGroup.put(termination.group, termination);
            }
            byMarker.put(termination.marker, termination);
            termination.asked.forEach(id -> byId.put(id, termination));
        }
        Map<Integer, Termination> found = new HashMap<>();
        List<Processes.Seen> others = new ArrayList<>();
        for (Processes.Seen process : snapshot.processes()) {
            Termination termination = owner(process, byGroup, byMarker, byId);
            if (process.zombie()) {
                continue;
            }
            if (termination == null) {
                others.add(process);
            } else {
                found.put(process.id().pid(), termination);
            }
        }
        adopt(others, found);
        Map<Termination, List<Processes.Seen>> members = new HashMap<>();
        for (Processes.Seen process : snapshot.processes()) {
            Termination termination = found.get(process.id().pid());
            if (termination != null) {
                members.computeIfAbsent(termination, key -> new ArrayList<>()).add(process);
            }
        }
        return members;
    }

    private static @Nullable Termination owner(
            Processes.Seen process,
            Map<Integer, Termination> byGroup,
            Map<String, Termination> byMarker,
            Map<Processes.Id, Termination> byId) {
        Termination termination = byGroup.get(process.group());
        if (termination == null) {
            termination = byId.get(process.id());
        }
        for (String run : termination == null ? process.runs() : List.<String>of()) {
            termination = byMarker.getOrDefault(run, termination);
        }
        return termination;
    }

    /** Children of members are members, to any depth. */
    private static void adopt(List<Processes.Seen> others, Map<Integer, Termination> found) {
        boolean more = true;
        while (more) {
            more = others.removeIf(process -> {
                Termination termination = found.get(process.parent());
                if (termination != null) {
                    found.put(process.id().pid(), termination);
                }
                return termination != null;
            });
        }
    }
}
