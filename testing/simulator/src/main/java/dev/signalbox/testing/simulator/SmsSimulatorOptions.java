package dev.signalbox.testing.simulator;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where and how a simulated SMS provider listens.
 *
 * @param host the address to bind
 * @param port 0 picks a free one
 * @param token what {@code Authorization: Bearer} must carry
 * @param behaviour what it does at first
 * @param limit how many keys, contents and messages are remembered, 1 to 10,000,000; about 400 bytes each
 * @param keyLifetime how long a repeated key is recognised
 * @param tls with a context it speaks only HTTPS
 */
public record SmsSimulatorOptions(
        String host,
        int port,
        String token,
        Behaviour behaviour,
        int limit,
        Duration keyLifetime,
        Optional<SSLContext> tls) {

    public SmsSimulatorOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 0..65535");
        }
        if (limit < 1 || limit > 10_000_000) {
            throw new IllegalArgumentException("limit " + limit + " is not in 1..10000000");
        }
    }

    /** A free port of the loopback interface, the token {@code mock-token}, keys known for a day. */
    public static SmsSimulatorOptions defaults() {
        return new SmsSimulatorOptions(
                "127.0.0.1", 0, "mock-token", Behaviour.perfect(), 250_000, Duration.ofDays(1), Optional.empty());
    }

    public SmsSimulatorOptions withHost(String value) {
        return new SmsSimulatorOptions(value, port, token, behaviour, limit, keyLifetime, tls);
    }

    public SmsSimulatorOptions withPort(int value) {
        return new SmsSimulatorOptions(host, value, token, behaviour, limit, keyLifetime, tls);
    }

    public SmsSimulatorOptions withToken(String value) {
        return new SmsSimulatorOptions(host, port, value, behaviour, limit, keyLifetime, tls);
    }

    public SmsSimulatorOptions withBehaviour(Behaviour value) {
        return new SmsSimulatorOptions(host, port, token, value, limit, keyLifetime, tls);
    }

    public SmsSimulatorOptions withLimit(int value) {
        return new SmsSimulatorOptions(host, port, token, behaviour, value, keyLifetime, tls);
    }

    public SmsSimulatorOptions withKeyLifetime(Duration value) {
        return new SmsSimulatorOptions(host, port, token, behaviour, limit, value, tls);
    }

    public SmsSimulatorOptions withTls(SSLContext value) {
        return new SmsSimulatorOptions(host, port, token, behaviour, limit, keyLifetime, Optional.of(value));
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "SmsSimulatorOptions[" + host + ":" + port + ", " + behaviour + "]";
    }
}
