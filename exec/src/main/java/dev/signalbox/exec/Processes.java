package dev.signalbox.exec;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at all processes of the host, in {@code /proc}. Not thread-safe. */
final class Processes {
    private static final int LONGEST_ENVIRONMENT = 4 << 20;
    private static final int KERNEL = 2;

    /** A process at one time: its id and its start, in ticks since boot, are never those of another. */
    record Id(int pid, long start) {}

    /** @param runs the ids of its {@link Marker} */
    record Seen(Id id, int parent, int group, boolean zombie, List<String> runs) {}

    /** How much could be seen. */
    enum Coverage {
        ALL,
        /** A process in the middle of an exec shows no environment for a moment. */
        PARTIAL,
        /** No descriptors were left to look with. */
        NONE
    }

    /** All that were seen. */
    record Snapshot(List<Seen> processes, Coverage coverage) {}

    private record Stat(Id id, char state, int parent, int group) {
        boolean isZombie() {
            return state == 'Z' || state == 'X';
        }
    }

    private final MemorySegment buffer = Arena.ofAuto().allocate(16 * 1024);
    private Map<Id, List<String>> known = new HashMap<>();

    Snapshot look() {
        try {
            return lookAtAll();
        } catch (NoDescriptorsException e) {
            return new Snapshot(List.of(), Coverage.NONE);
        }
    }

    private Snapshot lookAtAll() throws NoDescriptorsException {
        String[] names = new File("/proc").list();
        if (names == null) {
            throw new NoDescriptorsException();
        }
        Map<Id, List<String>> seen = new HashMap<>();
        List<Seen> processes = new ArrayList<>();
        Coverage coverage = Coverage.ALL;
        for (String name : names) {
            if (Character.isDigit(name.charAt(0)) && !look(Integer.parseInt(name), processes, seen)) {
                coverage = Coverage.PARTIAL;
            }
        }
        known = seen;
        return new Snapshot(processes, coverage);
    }

    private boolean look(int pid, List<Seen> processes, Map<Id, List<String>> seen) throws NoDescriptorsException {
        Optional<Stat> found = parse(pid, read("/proc/" + pid + "/stat"));
        if (found.isEmpty()) {
            return true;
        }
        Stat stat = found.get();
        boolean zombie = stat.isZombie();
        Optional<List<String>> runs = zombie ? Optional.of(List.of()) : runs(stat);
        runs.ifPresent(ids -> seen.put(stat.id, ids));
        processes.add(new Seen(stat.id, stat.parent, stat.group, zombie, runs.orElse(List.of())));
        return runs.isPresent();
    }

    /** Empty if that cannot be told now. */
    private Optional<List<String>> runs(Stat stat) throws NoDescriptorsException {
        List<String> before = known.get(stat.id);
        if (before != null) {
            return Optional.of(before);
        }
        if (stat.parent == KERNEL || stat.id.pid == KERNEL) {
            return Optional.of(List.of());
        }
        byte[] environment = read("/proc/" + stat.id.pid + "/environ");
        return environment.length == 0 && isReadable(stat.id.pid)
                ? Optional.empty()
                : Optional.of(List.of(Marker.idsIn(environment, environment.length)));
    }

    private static boolean isReadable(int pid) {
        return new File("/proc/" + pid + "/environ").canRead();
    }

    /** Whether a process that was seen has not ended; a zombie has. */
    boolean isAlive(Id id) {
        try {
            return parse(id.pid, read("/proc/" + id.pid + "/stat"))
                    .filter(stat -> stat.id.equals(id) && !stat.isZombie())
                    .isPresent();
        } catch (NoDescriptorsException e) {
            return true;
        }
    }

    /** Sends a signal to exactly this process: not to one that has been given its id since. */
    void signal(Id id, int... signals) {
        int pidfd = Libc.pidfdOpen(id.pid);
        if (pidfd < 0) {
            return;
        }
        try {
            // The descriptor stands for the process that has the id now; if that is still the one we saw, it stays so.
            boolean same = parse(id.pid, read("/proc/" + id.pid + "/stat"))
                    .filter(stat -> stat.id.equals(id))
                    .isPresent();
            for (int signal : same ? signals : new int[0]) {
                Libc.pidfdSignal(pidfd, signal);
            }
        } catch (NoDescriptorsException e) {
            // The next look tries again.
            Thread.onSpinWait();
        } finally {
            Libc.close(pidfd);
        }
    }

    /** {@code pid (name) state parent group session … start …}; the name may hold anything. */
    private static Optional<Stat> parse(int pid, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int name = text.lastIndexOf(')');
        if (name < 0) {
            return Optional.empty();
        }
        String[] fields = text.substring(name + 2).split(" ", 21);
        return Optional.of(new Stat(
                new Id(pid, Long.parseLong(fields[19])),
                fields[0].charAt(0),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2])));
    }

    /** Empty if there is no such process any more, or it is not ours to look at. */
    private byte[] read(String path) throws NoDescriptorsException {
        int fd;
        try (Arena arena = Arena.ofConfined()) {
            fd = Libc.open(arena.allocateFrom(path), Libc.O_RDONLY);
        }
        if (fd == -Errno.EMFILE || fd == -Errno.ENFILE) {
            throw new NoDescriptorsException();
        }
        if (fd < 0) {
            return new byte[0];
        }
        try {
            return readAll(fd);
        } finally {
            Libc.close(fd);
        }
    }

    private byte[] readAll(int fd) {
        byte[] all = new byte[0];
        for (int count = Libc.read(fd, buffer);
                count > 0 && all.length < LONGEST_ENVIRONMENT;
                count = Libc.read(fd, buffer)) {
            int size = all.length;
            all = Arrays.copyOf(all, size + count);
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, all, size, count);
        }
        return all;
    }

    /** Nothing can be told for now. */
    private static final class NoDescriptorsException extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
