package dev.signalbox.delivery.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal in a file that is mapped into memory. What a process writes there outlives it, however it ends, without that
 * anything has to be forced to the disk; it does not outlive the machine. So the file names the boot of the machine, and after
 * another boot it says nothing: everything is in doubt then, as without a journal.
 *
 * <p>Layout, little-endian: a header of {@link #HEADER} bytes (magic, the boot's and the owner's UUID, how many slots were ever
 * in use), then slots of {@link #SLOT} bytes: kind, attempt, id, length and bytes of the provider's id. The kind is written last, so a
 * slot whose kind is not 0 is whole. A slot is in use from before a sender gets the message until its outcome is on record; there are
 * as many as lanes may hold messages, so one is always free. Those that were never in use are neither written nor read: they are
 * most of them, and a start would touch all of their memory.
 */
final class MappedJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(MappedJournal.class);
    private static final long MAGIC = 0x53424a4c4e524c32L;
    private static final int HEADER = 128;
    private static final int SLOT = 128;
    private static final int BOOT_AT = 8;
    private static final int OWNER_AT = 24;
    private static final int USED_AT = 40;
    private static final int ATTEMPT = 4;
    private static final int ID = 8;
    private static final int LENGTH = 24;
    private static final int PROVIDER_ID = 28;
    private static final int LONGEST_PROVIDER_ID = SLOT - PROVIDER_ID;

    private static final int FREE = 0;
    private static final int BEGUN = 1;
    private static final int ACCEPTED = 2;
    private static final int NOT_SENT = 3;
    private static final int REJECTED = 4;
    private static final int UNKNOWN = 5;

    private static final String AFTERWARDS = "recorded from the journal after the node had stopped";
    private static final VarHandle KIND = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** A slot from before the crash. */
    private record Past(int slot, Fate fate) {}

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;
    private final ByteBuffer map;
    private final UUID owner;
    private final Map<Attempt, Past> past = new HashMap<>();
    private final Map<Attempt, Integer> slots = new ConcurrentHashMap<>();
    private final BlockingQueue<Integer> free;
    private final int held;
    private int used; // guarded by this, and in the file
    private volatile boolean hasPast;

    private MappedJournal(Path file, FileChannel channel, FileLock lock, int count) throws IOException {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
        Optional<UUID> boot = boot();
        boolean trusted = boot.isPresent() && isOf(boot.get(), channel);
        if (!trusted) {
            channel.truncate(0);
        }
        this.held = Math.max(count, (int) Math.max(0, (channel.size() - HEADER) / SLOT));
        this.map = map(channel, HEADER + (long) held * SLOT);
        this.free = new ArrayBlockingQueue<>(held);
        this.owner = trusted ? uuid(OWNER_AT) : UUID.randomUUID();
        if (trusted) {
            readPast();
            hasPast = true;
        } else {
            format(boot.orElse(new UUID(0, 0)));
        }
    }

    /** By way of a segment, since the JDK makes a {@code MappedByteBuffer} by reflection, which takes longer than the mapping. */
    private static ByteBuffer map(FileChannel channel, long size) throws IOException {
        return channel.map(MapMode.READ_WRITE, 0, size, Arena.ofAuto())
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether it was written since the machine started, and so is whole. */
    private static boolean isOf(UUID boot, FileChannel channel) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        return channel.read(header, 0) == HEADER
                && header.getLong(0) == MAGIC
                && boot.equals(new UUID(header.getLong(BOOT_AT), header.getLong(BOOT_AT + Long.BYTES)));
    }

    /**
     * Opens a journal, which is made if it is not there.
     *
     * @param count how many messages this node may hold at a time
     * @throws DeliveryQueueException if another dispatcher uses the file, or it cannot be written
     */
    static Journal open(Path file, int count) {
        try {
            if (Files.notExists(file)) {
                Files.createFile(file, ownerOnly(file));
            }
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return opened(file, channel, count);
        } catch (IOException e) {
            throw new DeliveryQueueException("the journal " + file + " cannot be used: " + e, e);
        }
    }

    private static Journal opened(Path file, FileChannel channel, int count) throws IOException {
        boolean done = false;
        try {
            FileLock lock = lock(channel);
            if (lock == null) {
                throw new DeliveryQueueException(
                        "the journal " + file + " is in use by another dispatcher; give each one a file of its own",
                        null);
            }
            Journal journal = new MappedJournal(file, channel, lock, count);
            done = true;
            return journal;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            LOG.debug("the lock is held within this process", e);
            return null;
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /** Where the system does not tell one boot from another, the file of an earlier process is never trusted. */
    private static Optional<UUID> boot() {
        try {
            return Files.isReadable(BOOT_ID)
                    ? Optional.of(UUID.fromString(Files.readString(BOOT_ID).strip()))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("the boot of this machine has no name; a journal from before a crash is not read", e);
            return Optional.empty();
        }
    }

    /** Of a file of zeros. */
    private void format(UUID boot) {
        put(BOOT_AT, boot);
        put(OWNER_AT, owner);
        map.putLong(0, MAGIC);
    }

    private void readPast() {
        used = map.getInt(USED_AT);
        for (int slot = 0; slot < used; slot++) {
            int kind = (int) KIND.getAcquire(map, at(slot));
            if (kind == FREE) {
                free.add(slot);
            } else {
                Attempt attempt = new Attempt(uuid(at(slot) + ID), map.getInt(at(slot) + ATTEMPT));
                past.put(attempt, new Past(slot, fate(slot, kind)));
            }
        }
    }

    private Fate fate(int slot, int kind) {
        return switch (kind) {
            case ACCEPTED -> new Fate.Ended(new SendResult.Accepted(providerId(slot)));
            case NOT_SENT -> new Fate.Ended(new SendResult.NotSent(AFTERWARDS, Optional.empty()));
            case REJECTED -> new Fate.Ended(new SendResult.Rejected(AFTERWARDS));
            case UNKNOWN -> new Fate.Ended(new SendResult.Unknown(AFTERWARDS));
            default -> new Fate.Begun();
        };
    }

    private Optional<String> providerId(int slot) {
        int length = map.getInt(at(slot) + LENGTH);
        if (length <= 0 || length > LONGEST_PROVIDER_ID) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        map.get(at(slot) + PROVIDER_ID, bytes);
        return Optional.of(new String(bytes, UTF_8));
    }

    private static int at(int slot) {
        return HEADER + slot * SLOT;
    }

    private void set(int slot, int kind) {
        KIND.setRelease(map, at(slot), kind);
    }

    private UUID uuid(int at) {
        return new UUID(map.getLong(at), map.getLong(at + Long.BYTES));
    }

    private void put(int at, UUID id) {
        map.putLong(at, id.getMostSignificantBits());
        map.putLong(at + Long.BYTES, id.getLeastSignificantBits());
    }

    @Override
    public boolean isKept() {
        return true;
    }

    @Override
    public UUID owner() {
        return owner;
    }

    @Override
    public boolean hasPast() {
        return hasPast;
    }

    @Override
    public synchronized Fate fate(UUID id, int attempt) {
        Past known = past.get(new Attempt(id, attempt));
        return known == null ? new Fate.NotBegun() : known.fate();
    }

    @Override
    public synchronized void forgetPast() {
        List<Integer> freed = new ArrayList<>();
        past.values().forEach(one -> {
            set(one.slot(), FREE);
            freed.add(one.slot());
        });
        past.clear();
        free.addAll(freed);
        hasPast = false;
    }

    @Override
    public void begin(UUID id, int attempt) {
        Integer freed = free.poll();
        int slot = freed == null ? unused() : freed;
        map.putInt(at(slot) + ATTEMPT, attempt);
        put(at(slot) + ID, id);
        map.putInt(at(slot) + LENGTH, 0);
        set(slot, BEGUN);
        slots.put(new Attempt(id, attempt), slot);
    }

    /** The file counts it before anything is written to it: what is not counted is not read after a crash. */
    private synchronized int unused() {
        if (used == held) {
            throw new IllegalStateException(
                    "the journal " + file + " is full, although it has room for all that is held");
        }
        used++;
        KIND.setRelease(map, USED_AT, used);
        return used - 1;
    }

    @Override
    public void end(UUID id, int attempt, SendResult result) {
        // Within the map's lock: the slot of an attempt that is settled meanwhile may be another one's at once.
        slots.computeIfPresent(new Attempt(id, attempt), (same, slot) -> {
            end(slot, result);
            return slot;
        });
    }

    private void end(int slot, SendResult result) {
        int kind = switch (result) {
            case SendResult.Accepted accepted -> {
                accepted.providerId().ifPresent(name -> keep(slot, name.getBytes(UTF_8)));
                yield ACCEPTED;
            }
            case SendResult.NotSent notSent -> notSent.scope() == SendResult.Scope.ACCOUNT ? FREE : NOT_SENT;
            case SendResult.Rejected rejected -> REJECTED;
            case SendResult.Unknown unknown -> UNKNOWN;
        };
        set(slot, kind);
    }

    /** A longer one is left out. */
    private void keep(int slot, byte[] providerId) {
        if (providerId.length <= LONGEST_PROVIDER_ID) {
            map.put(at(slot) + PROVIDER_ID, ByteBuffer.wrap(providerId), 0, providerId.length);
            map.putInt(at(slot) + LENGTH, providerId.length);
        }
    }

    @Override
    public void settle(UUID id, int attempt) {
        Integer slot = slots.remove(new Attempt(id, attempt));
        if (slot != null) {
            set(slot, FREE);
            free.add(slot);
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            LOG.warn("the journal {} could not be closed", file, e);
        }
    }
}
