package dev.signalbox.server.rest;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Counts what is under way of one kind, in all and for each principal. Whatever finds no place is refused at once; nothing
 * waits. Thread-safe.
 */
public final class ConcurrencyLimit {
    private final String what;
    private final int most;
    private final int mostPerPrincipal;
    private final Semaphore places;
    private final Map<String, Integer> byPrincipal = new HashMap<>();

    /**
     * A limit with all places free.
     *
     * @param what is counted, in the plural, and the key that sets how many; for the refusal
     * @param most places in all, at least 1
     * @param mostPerPrincipal places of one principal, at least 1
     */
    public ConcurrencyLimit(String what, int most, int mostPerPrincipal) {
        this.what = what;
        this.most = most;
        this.mostPerPrincipal = mostPerPrincipal;
        this.places = new Semaphore(most);
    }

    /**
     * Takes a place, for a caller without a token.
     *
     * @return gives the place back; has no effect when run again
     */
    public Runnable enter() {
        if (!places.tryAcquire()) {
            throw new Problem(503, "too many " + what + ": " + most + " are under way. Try again in a moment")
                    .header("Retry-After", "5");
        }
        return once(places::release);
    }

    /** Takes a place in all and one of the principal's; otherwise like {@link #enter()}. */
    public Runnable enter(Principal principal) {
        String name = principal.name();
        takeOwn(name);
        try {
            Runnable place = enter();
            return once(() -> {
                place.run();
                leaveOwn(name);
            });
        } catch (Problem full) {
            leaveOwn(name);
            throw full;
        }
    }

    private synchronized void takeOwn(String name) {
        int taken = byPrincipal.getOrDefault(name, 0);
        if (taken >= mostPerPrincipal) {
            throw new Problem(
                            429,
                            "too many " + what + ": " + taken + " of " + name
                                    + " are under way; see control.max-requests-per-principal. Try again in a moment")
                    .header("Retry-After", "1");
        }
        byPrincipal.put(name, taken + 1);
    }

    private synchronized void leaveOwn(String name) {
        byPrincipal.computeIfPresent(name, (any, taken) -> taken == 1 ? null : taken - 1);
    }

    private static Runnable once(Runnable release) {
        var released = new AtomicBoolean();
        return () -> {
            if (released.compareAndSet(false, true)) {
                release.run();
            }
        };
    }
}
