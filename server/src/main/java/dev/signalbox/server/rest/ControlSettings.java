package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Pem;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where people and services connect, and who may. {@code maxBody} is in bytes. */
public record ControlSettings(String host, int port, Optional<Pem> tls, int maxBody, Limits limits, Access access) {
    /** The keys that it is made of. */
    public static final List<Key<?>> KEYS = ControlKeys.ALL;
    /** Where the control plane listens. */
    public static final Key<Integer> PORT = ControlKeys.CONTROL_PORT;

    /** Who may use the control port. */
    public record Access(boolean disabled, List<Holder> holders) {}

    /** Somebody with a token. */
    public record Holder(String name, Role role, Secret token) {}

    public static ControlSettings read(Reading reading) {
        return new ControlSettings(
                reading.get(ControlKeys.CONTROL_HOST),
                reading.get(ControlKeys.CONTROL_PORT),
                reading.pem(ControlKeys.CONTROL_CERTIFICATE, ControlKeys.CONTROL_KEY),
                Math.toIntExact(reading.get(ControlKeys.CONTROL_MAX_BODY)),
                limits(reading),
                access(reading));
    }

    private static Limits limits(Reading reading) {
        return Limits.defaults()
                .withHeaderTimeout(reading.get(ControlKeys.CONTROL_HEADER_TIMEOUT))
                .withBodyTimeout(reading.get(ControlKeys.CONTROL_BODY_TIMEOUT))
                .withMinBodyRate(reading.get(ControlKeys.CONTROL_MIN_BODY_RATE))
                .withIdleTimeout(reading.get(ControlKeys.CONTROL_IDLE))
                .withMaxConnections(
                        reading.get(ControlKeys.CONTROL_MAX_CONNECTIONS),
                        reading.get(ControlKeys.CONTROL_MAX_PER_ADDRESS))
                .withMaxRequests(
                        reading.get(ControlKeys.CONTROL_MAX_REQUESTS),
                        reading.get(ControlKeys.CONTROL_MAX_PER_PRINCIPAL));
    }

    private static Access access(Reading reading) {
        var holders = new ArrayList<Holder>();
        for (int i = 0; i < reading.size(ControlKeys.AUTH_TOKEN); i++) {
            var name = reading.require(ControlKeys.AUTH_NAME, i);
            var token = reading.require(ControlKeys.AUTH_TOKEN, i).map(Secret::new);
            var role = reading.get(ControlKeys.AUTH_ROLE, i);
            token.flatMap(t -> name.map(n -> new Holder(n, role, t))).ifPresent(holders::add);
        }
        reading.distinct(
                ControlKeys.AUTH_TOKEN, holders.stream().map(Holder::token).toList());
        var disabled = reading.get(ControlKeys.AUTH_DISABLED);
        reading.check(
                !disabled || holders.isEmpty(),
                ControlKeys.AUTH_DISABLED,
                "is true, so auth.tokens have no effect: remove one of them");
        reading.check(
                !disabled
                        || reading.get(ControlKeys.AUTH_ALLOW_ANYONE)
                        || isLoopback(reading.get(ControlKeys.CONTROL_HOST)),
                ControlKeys.AUTH_DISABLED,
                "is true, and control.host lets the network in: set control.host to 127.0.0.1, or confirm with"
                        + " auth.allow-anyone: true that anyone on the network may do everything");
        return new Access(disabled, List.copyOf(holders));
    }

    /** Names other than localhost are not looked up: what they stand for can change after the check. */
    private static boolean isLoopback(String host) {
        try {
            return host.equalsIgnoreCase("localhost")
                    || InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException name) {
            return false;
        }
    }
}
