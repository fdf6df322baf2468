package dev.signalbox.server.rest;



import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes who changed what, one line a request, and whose token was refused. Refusals can be provoked by anyone, so at most
 * {@value #REFUSALS} a minute are written, and then how many were not. Never holds a token. Thread-safe.
 */
final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.signalbox.audit");
    private static final int REFUSALS = 60;
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int LONGEST = 512;

    private final InstantSource clock;
    private Instant windowEnd = Instant.MIN;
    private int refusals;

    AuditLog(InstantSource clock) {
        this.clock = clock;
    }

    /** Tells a change that its role allowed, whatever came of it: at INFO what takes an admin, at DEBUG the rest. */
    void answered(Request request, int status) {
        Optional<Role> needed =
                request.route().filter(route -> !route.method().equals("GET")).flatMap(Route::needs);
        if (needed.isEmpty() || !mayDo(request, needed.get())) {
            return;
        }
        if (needed.get() == Role.ADMIN) {
            LOG.info("{}", line(request, status));
        } else if (LOG.isDebugEnabled()) {
            LOG.debug("{}", line(request, status));
        }
    }

    private static boolean mayDo(Request request, Role needed) {
        return request.principal().filter(it -> it.role().includes(needed)).isPresent();
    }

    /** Tells a request that was refused for its token, or for having none. */
    void refused(Request request, int status) {
        if (withinRate()) {
            LOG.info("{}", line(request, status));
        }
    }

    private synchronized boolean withinRate() {
        Instant now = clock.instant();
        if (now.isAfter(windowEnd)) {
            if (refusals > REFUSALS) {
                LOG.info("{} more refused requests were not written", refusals - REFUSALS);
            }
            refusals = 0;
            windowEnd = now.plus(WINDOW);
        }
        return ++refusals <= REFUSALS;
    }

    private static String line(Request request, int status) {
        return "who=" + request.principal().map(Principal::name).orElse("-")
                + " role=" + request.principal().map(it -> it.role().name()).orElse("-")
                + " from=" + request.peer().getAddress().getHostAddress()
                + " did=\"" + escaped(request.method() + " " + request.path())
                + "\" status=" + status;
    }

    /** Paths are the caller's text: what could end the quotes or move a terminal's cursor is escaped. */
    private static String escaped(String text) {
        var escaped = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> {
            if (c == '"' || c == '\\') {
                escaped.append('\\').appendCodePoint(c);
            } else if (c > ' ' - 1 && c < 0x7f) {
                escaped.appendCodePoint(c);
            } else {
                escaped.append("\\u").append(HexFormat.of().toHexDigits(c).replaceFirst("^0+(?=.{4})", ""));
            }
        });
        return escaped.toString();
    }
}
