package dev.signalbox.testing.simulator;

import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where and how a simulated receiver of webhooks listens.
 *
 * @param host the address to bind
 * @param port 0 picks a free one
 * @param keys {@code whsec_…} or {@code whpk_…}, of which one must have signed; empty takes all that has the headers
 * @param behaviour what it does at first; its {@code refused} are paths that are answered with 410
 * @param limit how many webhooks are remembered, 1 to 1,000,000; the oldest go first
 * @param tls with a context it speaks only HTTPS
 */
public record WebhookSimulatorOptions(
        String host, int port, List<String> keys, Behaviour behaviour, int limit, Optional<SSLContext> tls) {

    public WebhookSimulatorOptions {
        keys = List.copyOf(keys);
        keys.forEach(WebhookSimulatorKey::check);
        check(port >= 0 && port <= 65_535, "port " + port + " is not in 0..65535");
        check(limit >= 1 && limit <= 1_000_000, "limit " + limit + " is not in 1..1000000");
    }

    /** A free port of the loopback interface, signatures not checked, 10,000 webhooks remembered. */
    public static WebhookSimulatorOptions defaults() {
        return new WebhookSimulatorOptions("127.0.0.1", 0, List.of(), Behaviour.perfect(), 10_000, Optional.empty());
    }

    public WebhookSimulatorOptions withHost(String value) {
        return new WebhookSimulatorOptions(value, port, keys, behaviour, limit, tls);
    }

    public WebhookSimulatorOptions withPort(int value) {
        return new WebhookSimulatorOptions(host, value, keys, behaviour, limit, tls);
    }

    public WebhookSimulatorOptions withKeys(List<String> value) {
        return new WebhookSimulatorOptions(host, port, value, behaviour, limit, tls);
    }

    public WebhookSimulatorOptions withBehaviour(Behaviour value) {
        return new WebhookSimulatorOptions(host, port, keys, value, limit, tls);
    }

    public WebhookSimulatorOptions withTls(SSLContext value) {
        return new WebhookSimulatorOptions(host, port, keys, behaviour, limit, Optional.of(value));
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "WebhookSimulatorOptions[" + host + ":" + port + ", " + behaviour + "]";
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }
}
