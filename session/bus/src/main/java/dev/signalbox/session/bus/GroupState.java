package dev.signalbox.session.bus;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A group: how far it has handed out the session, and what of that nobody finished. Bounded. Not thread-safe. */
final class GroupState {
    /** At this bound no fresh events are handed out, until some are finished. */
    static final int MOST_HELD = 10_000;

    private static final int FORMAT = 1;
    /** In place of the end of a lease. */
    private static final long RELEASED = Long.MIN_VALUE;

    private static final long DEAD = Long.MAX_VALUE;

    /** @param until the end of the lease in microseconds, or one of the above */
    private record Hold(UUID batch, int attempt, long until) {
        boolean isFree(long now) {
            return until != DEAD && until <= now;
        }

        boolean isLeased() {
            return until != DEAD && until != RELEASED;
        }
    }

    private final TreeMap<Long, Hold> holds = new TreeMap<>();
    private EventId position;

    GroupState(EventId position) {
        this.position = position;
    }

    /** @throws SessionBusException if it is damaged, or was written by a newer version */
    static GroupState decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw new SessionBusException(
                        "the state of the group has format " + format + "; this version knows " + FORMAT, null);
            }
            GroupState state = new GroupState(new EventId(in.readLong(), uuid(in)));
            for (int left = in.readInt(); left > 0; left--) {
                state.holds.put(in.readLong(), new Hold(uuid(in), in.readInt(), in.readLong()));
            }
            return state;
        } catch (IOException e) {
            throw new SessionBusException("the state of the group is damaged", e);
        }
    }

    private static UUID uuid(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            write(out, position.offset(), position.batch());
            out.writeInt(holds.size());
            for (Map.Entry<Long, Hold> held : holds.entrySet()) {
                write(out, held.getKey(), held.getValue().batch());
                out.writeInt(held.getValue().attempt());
                out.writeLong(held.getValue().until());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail.
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, long offset, UUID batch) throws IOException {
        out.writeLong(offset);
        out.writeLong(batch.getMostSignificantBits());
        out.writeLong(batch.getLeastSignificantBits());
    }

    /** The last event that was handed out. */
    Position position() {
        return position.offset() > 0 ? new Position(position, Position.Next.SUCCESSOR) : Position.OLDEST;
    }

    /** How many more events may be handed out. */
    int room() {
        return MOST_HELD - holds.size();
    }

    /** What was released or whose lease ended, the oldest first. */
    List<Claim> free(Instant now, int most) {
        long micros = EpochMicros.of(now);
        List<Claim> free = new ArrayList<>();
        for (Map.Entry<Long, Hold> held : holds.entrySet()) {
            if (free.size() < most && held.getValue().isFree(micros)) {
                free.add(claim(held));
            }
        }
        return free;
    }

    List<Claim> dead() {
        return holds.entrySet().stream()
                .filter(held -> held.getValue().until() == DEAD)
                .map(GroupState::claim)
                .toList();
    }

    private static Claim claim(Map.Entry<Long, Hold> held) {
        Hold hold = held.getValue();
        return new Claim(new EventId(held.getKey(), hold.batch()), hold.attempt());
    }

    /** Hands an event out under a lease. */
    void lease(Claim claim, Instant until) {
        put(claim, EpochMicros.of(until));
    }

    private void put(Claim claim, long until) {
        holds.put(claim.event().offset(), new Hold(claim.event().batch(), claim.attempt(), until));
    }

    void moveTo(EventId newPosition) {
        position = newPosition;
    }

    /** Ends a claim, unless another has taken the event over. */
    boolean acknowledge(Claim claim) {
        return isLeased(claim) && forget(claim);
    }

    /** An ended lease that nobody took over counts. */
    private boolean isLeased(Claim claim) {
        Hold hold = hold(claim);
        return hold != null && hold.isLeased();
    }

    private @Nullable Hold hold(Claim claim) {
        Hold hold = holds.get(claim.event().offset());
        boolean same = hold != null
                && hold.attempt() == claim.attempt()
                && hold.batch().equals(claim.event().batch());
        return same ? hold : null;
    }

    boolean forget(Claim claim) {
        return holds.remove(claim.event().offset()) != null;
    }

    boolean renew(Claim claim, Instant until) {
        boolean leased = isLeased(claim);
        if (leased) {
            lease(claim, until);
        }
        return leased;
    }

    boolean release(Claim claim) {
        boolean leased = isLeased(claim);
        if (leased) {
            put(claim, RELEASED);
        }
        return leased;
    }

    boolean reject(Claim claim) {
        boolean leased = isLeased(claim);
        if (leased) {
            bury(claim);
        }
        return leased;
    }

    /** Makes it a dead letter. */
    void bury(Claim claim) {
        put(claim, DEAD);
    }

    /** Hands a dead letter out again, as for the first time. */
    boolean retry(Claim claim) {
        boolean dead = isDead(claim);
        if (dead) {
            put(new Claim(claim.event(), 0), RELEASED);
        }
        return dead;
    }

    boolean discard(Claim claim) {
        return isDead(claim) && forget(claim);
    }

    private boolean isDead(Claim claim) {
        Hold hold = hold(claim);
        return hold != null && hold.until() == DEAD;
    }
}
