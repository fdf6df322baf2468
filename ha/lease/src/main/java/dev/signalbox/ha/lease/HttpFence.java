package dev.signalbox.ha.lease;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fencing over HTTP: the caller sends {@code Fencing-Token: name;epoch}, and the server asks a {@link Fence} before it acts. For any
 * HTTP server, since it needs no more than the header. Thread-safe.
 */
public final class HttpFence {
    public static final String HEADER = "Fencing-Token";

    private static final Pattern TOKEN = Pattern.compile("([!-~]{1,200});([1-9][0-9]{0,18})");

    /** What to do with a request, and the status to answer it with if it is not to be served. */
    public enum Verdict {
        ADMITTED(200),
        /** There is no header. */
        MISSING(428),
        MALFORMED(400),
        /** The header is for another lease than the resource is guarded by. */
        FOREIGN(403),
        /** A newer holder has written already. */
        STALE(412);

        private final int status;

        Verdict(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    private final String name;
    private final Fence fence;

    private HttpFence(String name, Fence fence) {
        this.name = name;
        this.fence = fence;
    }

    /** Guards a resource that only holders of the lease {@code name} may change. */
    public static HttpFence of(String name, Fence fence) {
        return new HttpFence(LeaseNames.checked(name), fence);
    }

    /** The value of the header for a request made under the lease. */
    public static String header(Lease lease) {
        return lease.name() + ";" + lease.epoch();
    }

    /** Judges a request by its header. */
    public Verdict check(Optional<String> header) {
        return header.map(this::check).orElse(Verdict.MISSING);
    }

    private Verdict check(String header) {
        Matcher token = TOKEN.matcher(header);
        Optional<Long> epoch = token.matches() ? epoch(token.group(2)) : Optional.empty();
        if (epoch.isEmpty()) {
            return Verdict.MALFORMED;
        }
        if (!token.group(1).equals(name)) {
            return Verdict.FOREIGN;
        }
        return fence.admits(name, epoch.get()) ? Verdict.ADMITTED : Verdict.STALE;
    }

    private static Optional<Long> epoch(String digits) {
        try {
            return Optional.of(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
