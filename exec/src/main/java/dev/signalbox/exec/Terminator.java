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
    private static final int UNCLEAR_LOOKS = 3;

    /** One run to end. */
    static final class Ticket {
        private final int group;
        private final String marker;
        private final long deadline;
        private final Runnable gone;
        private final Set<Processes.Id> asked = new HashSet<>();
        private List<Processes.Id> left = List.of();
        private boolean begun;
        private boolean killed;
        private int emptyLooks;

        /** @param group whose leader nobody reaps until {@code gone} */
        Ticket(int group, String marker, Duration grace, Runnable gone) {
            this.group = group;
            this.marker = marker;
            this.deadline = System.nanoTime() + grace.toNanos();
            this.gone = gone;
        }
    }

    private final BlockingQueue<Ticket> arriving = new LinkedBlockingQueue<>();
    private final List<Ticket> tickets = new ArrayList<>();
    private final Processes processes = new Processes();

    void start() {
        Thread.ofPlatform().name("exec-terminator").daemon().start(this::loop);
    }

    /** Ends a run; {@code gone} is called when none of it is left, or what is left cannot be ended. */
    void end(Ticket ticket) {
        arriving.add(ticket);
    }

    private void loop() {
        long next = System.nanoTime();
        while (true) {
            try {
                await();
                long now = System.nanoTime();
                if (now - next >= 0 || tickets.stream().anyMatch(this::hasNews)) {
                    round(now);
                    long end = System.nanoTime();
                    next = end + Math.min(SHARE * (end - now), LONGEST_PAUSE);
                }
            } catch (InterruptedException | RuntimeException | Error e) {
                LOG.error("a fault in the ending of commands", e);
            }
        }
    }

    /** Whether a run may be over, or is to be killed now. */
    private boolean hasNews(Ticket ticket) {
        return !ticket.begun
                || (!ticket.killed && System.nanoTime() - ticket.deadline >= 0)
                || ticket.left.stream().noneMatch(processes::isAlive);
    }

    private void await() throws InterruptedException {
        Ticket first = tickets.isEmpty() ? arriving.take() : arriving.poll(PAUSE, TimeUnit.NANOSECONDS);
        if (first != null) {
            tickets.add(first);
        }
        arriving.drainTo(tickets);
    }

    private void round(long now) {
        for (Ticket ticket : tickets) {
            if (now - ticket.deadline >= 0) {
                Libc.kill(-ticket.group, Libc.SIGKILL);
            }
        }
        Processes.Census census = processes.look();
        Map<Ticket, List<Processes.Seen>> members = members(census);
        for (Iterator<Ticket> each = tickets.iterator(); each.hasNext(); ) {
            Ticket ticket = each.next();
            List<Processes.Seen> left = members.getOrDefault(ticket, List.of());
            if (isOver(ticket, left, census.sight(), now)) {
                each.remove();
                ticket.gone.run();
            } else {
                ticket.left = left.stream().map(Processes.Seen::id).toList();
                press(ticket, left, now);
            }
        }
    }

    private static boolean isOver(Ticket ticket, List<Processes.Seen> left, Processes.Sight sight, long now) {
        if (now - ticket.deadline > PATIENCE) {
            LOG.error(
                    "{} processes of the group {} do not end, or cannot be seen; first of them {}",
                    left.size(),
                    ticket.group,
                    left.isEmpty() ? "none" : left.getFirst().id().pid());
            return true;
        }
        if (sight == Processes.Sight.NONE) {
            return isOverUnseen(ticket, now);
        }
        ticket.emptyLooks = left.isEmpty() ? ticket.emptyLooks + 1 : 0;
        return ticket.emptyLooks >= (sight == Processes.Sight.ALL ? 1 : UNCLEAR_LOOKS);
    }

    /** Without descriptors there is no looking at processes; the group gets its signals even so. */
    private static boolean isOverUnseen(Ticket ticket, long now) {
        boolean over = now - ticket.deadline >= 0 && Libc.peek(ticket.group).isPresent();
        if (over) {
            LOG.warn(
                    "no file descriptors are left to look for processes that have left the group {}; it was killed, they"
                            + " may run on",
                    ticket.group);
        }
        return over;
    }

    private void press(Ticket ticket, List<Processes.Seen> left, long now) {
        boolean kill = now - ticket.deadline >= 0;
        if (!ticket.begun && !kill) {
            Libc.kill(-ticket.group, Libc.SIGTERM);
            // A stopped process minds SIGTERM only once it goes on.
            Libc.kill(-ticket.group, Libc.SIGCONT);
        }
        ticket.begun = true;
        ticket.killed = kill;
        for (Processes.Seen process : left) {
            if (process.group() == ticket.group) {
                continue;
            }
            if (kill) {
                processes.signal(process.id(), Libc.SIGKILL);
            } else if (ticket.asked.add(process.id())) {
                processes.signal(process.id(), Libc.SIGTERM, Libc.SIGCONT);
            }
        }
    }

    private Map<Ticket, List<Processes.Seen>> members(Processes.Census census) {
        Map<Integer, Ticket> byGroup = new HashMap<>();
        Map<String, Ticket> byMarker = new HashMap<>();
        Map<Processes.Id, Ticket> byId = new HashMap<>();
        for (Ticket ticket : tickets) {
            byGroup.put(ticket.group, ticket);
            byMarker.put(ticket.marker, ticket);
            ticket.asked.forEach(id -> byId.put(id, ticket));
        }
        Map<Integer, Ticket> found = new HashMap<>();
        List<Processes.Seen> others = new ArrayList<>();
        for (Processes.Seen process : census.processes()) {
            Ticket ticket = owner(process, byGroup, byMarker, byId);
            if (process.zombie()) {
                continue;
            }
            if (ticket == null) {
                others.add(process);
            } else {
                found.put(process.id().pid(), ticket);
            }
        }
        adopt(others, found);
        Map<Ticket, List<Processes.Seen>> members = new HashMap<>();
        for (Processes.Seen process : census.processes()) {
            Ticket ticket = found.get(process.id().pid());
            if (ticket != null) {
                members.computeIfAbsent(ticket, key -> new ArrayList<>()).add(process);
            }
        }
        return members;
    }

    private static @Nullable Ticket owner(
            Processes.Seen process,
            Map<Integer, Ticket> byGroup,
            Map<String, Ticket> byMarker,
            Map<Processes.Id, Ticket> byId) {
        Ticket ticket = byGroup.get(process.group());
        if (ticket == null) {
            ticket = byId.get(process.id());
        }
        for (String run : ticket == null ? process.runs() : List.<String>of()) {
            ticket = byMarker.getOrDefault(run, ticket);
        }
        return ticket;
    }

    /** Children of members are members, to any depth. */
    private static void adopt(List<Processes.Seen> others, Map<Integer, Ticket> found) {
        boolean more = true;
        while (more) {
            more = others.removeIf(process -> {
                Ticket ticket = found.get(process.parent());
                if (ticket != null) {
                    found.put(process.id().pid(), ticket);
                }
                return ticket != null;
            });
        }
    }
}
