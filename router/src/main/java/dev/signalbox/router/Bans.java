package dev.signalbox.router;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The users who may not connect for some time. In memory, and bounded. Thread-safe.
 *
 * <p>On a cluster each node knows all bans. Of two decisions about one user the later one counts, on every node and in whatever order they come; so
 * one that was lifted is remembered until it would have ended.
 */
final class Bans {
    static final int MOST = 10_000;

    /** With those that were lifted, and those that nodes decided on without knowing of each other. */
    private static final int MOST_KNOWN = 4 * MOST;

    /**
     * What was decided about one user.
     *
     * @param end when it is over
     * @param lifted whether it was lifted before that
     * @param at when it was decided, in milliseconds since 1970; more than that of any decision that was known then
     * @param by the node that decided it
     */
    record Ban(String user, Instant end, boolean lifted, long at, UUID by) {
        private boolean isOver(Instant now) {
            return !end.isAfter(now);
        }

        private boolean isLaterThan(@Nullable Ban other) {
            return other == null || at > other.at || (at == other.at && by.compareTo(other.by) > 0);
        }

        private long digest() {
            long mixed = ((user.hashCode() + 31 * at) * 0x9E3779B97F4A7C15L) ^ by.getLeastSignificantBits();
            return (mixed ^ (mixed >>> 32)) * 0xFF51AFD7ED558CCDL;
        }
    }

    private final InstantSource clock;
    private final UUID self = MessageId.next();
    private final Map<String, Ban> bans = new ConcurrentHashMap<>();
    private volatile @Nullable Consumer<Ban> others;

    Bans(InstantSource clock) {
        this.clock = clock;
    }

    /** From now on other nodes are told of what is decided here. */
    void tells(Consumer<Ban> nodes) {
        others = nodes;
    }

    /** Begins a ban, or changes its end. False if {@link #MOST} others are banned. */
    synchronized boolean add(String user, Instant end) {
        Instant now = clock.instant();
        bans.values().removeIf(each -> each.isOver(now));
        if (bans.size() >= MOST && end(user).isEmpty() && active() >= MOST) {
            return false;
        }
        decide(user, end, false);
        return true;
    }

    private long active() {
        return bans.values().stream().filter(ban -> !ban.lifted()).count();
    }

    /** Its end; empty if the user is not banned, or no longer. */
    Optional<Instant> end(String user) {
        return Optional.ofNullable(bans.get(user))
                .filter(ban -> !ban.lifted() && !ban.isOver(clock.instant()))
                .map(Ban::end);
    }

    /** False if the user was not banned. */
    synchronized boolean lift(String user) {
        Optional<Instant> end = end(user);
        end.ifPresent(known -> decide(user, known, true));
        return end.isPresent();
    }

    private void decide(String user, Instant end, boolean lifted) {
        Ban before = bans.get(user);
        long at = Math.max(clock.millis(), before == null ? 0 : before.at() + 1);
        Ban ban = new Ban(user, end, lifted, at, self);
        Consumer<Ban> told = others;
        if (told != null) {
            keep(ban);
            told.accept(ban);
        } else if (lifted) {
            bans.remove(user);
        } else {
            bans.put(user, ban);
        }
    }

    private void keep(Ban ban) {
        bans.put(ban.user(), ban);
        if (bans.size() > MOST_KNOWN) {
            bans.values().removeIf(Ban::lifted);
        }
    }

    /** Takes over what another node decided. True if the user is banned by that, and was not known to be. */
    synchronized boolean merge(Ban ban) {
        if (ban.isOver(clock.instant()) || !ban.isLaterThan(bans.get(ban.user())) || bans.size() > MOST_KNOWN) {
            return false;
        }
        keep(ban);
        return !ban.lifted();
    }

    /** All that is not over. */
    List<Ban> all() {
        Instant now = clock.instant();
        return bans.values().stream().filter(each -> !each.isOver(now)).toList();
    }

    /** Two nodes with the same one know the same. */
    long digest() {
        return all().stream().mapToLong(Ban::digest).sum();
    }
}
