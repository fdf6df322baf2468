package dev.signalbox.testing.simulator;

import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where and how a simulated mail server listens.
 *
 * @param host the address to bind
 * @param port 0 picks a free one
 * @param behaviour what it does at first
 * @param limit how many messages are kept, 1 to 1,000,000; the oldest go first, also when they have over 256 MB together
 * @param largest the largest message in bytes, 1 kB to 100 MB
 * @param tls with a context it offers STARTTLS
 */
public record SmtpSimulatorOptions(
        String host, int port, Behaviour behaviour, int limit, int largest, Optional<SSLContext> tls) {

    public SmtpSimulatorOptions {
        check(port >= 0 && port <= 65_535, "port " + port + " is not in 0..65535");
        check(limit >= 1 && limit <= 1_000_000, "limit " + limit + " is not in 1..1000000");
        check(largest >= 1_000 && largest <= 100_000_000, "largest " + largest + " is not in 1000..100000000");
    }

    /** A free port of the loopback interface, 1,000 messages kept, 50 MB a message. */
    public static SmtpSimulatorOptions defaults() {
        return new SmtpSimulatorOptions("127.0.0.1", 0, Behaviour.perfect(), 1_000, 50_000_000, Optional.empty());
    }

    public SmtpSimulatorOptions withHost(String value) {
        return new SmtpSimulatorOptions(value, port, behaviour, limit, largest, tls);
    }

    public SmtpSimulatorOptions withPort(int value) {
        return new SmtpSimulatorOptions(host, value, behaviour, limit, largest, tls);
    }

    public SmtpSimulatorOptions withBehaviour(Behaviour value) {
        return new SmtpSimulatorOptions(host, port, value, limit, largest, tls);
    }

    public SmtpSimulatorOptions withLimit(int value) {
        return new SmtpSimulatorOptions(host, port, behaviour, value, largest, tls);
    }

    public SmtpSimulatorOptions withLargest(int value) {
        return new SmtpSimulatorOptions(host, port, behaviour, limit, value, tls);
    }

    public SmtpSimulatorOptions withTls(SSLContext value) {
        return new SmtpSimulatorOptions(host, port, behaviour, limit, largest, Optional.of(value));
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }
}
