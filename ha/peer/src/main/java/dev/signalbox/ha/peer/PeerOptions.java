package dev.signalbox.ha.peer;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How a node watches its peer.
 *
 * @param peer where the peer tells how it is
 * @param period between looks, 10 ms to 1 hour
 * @param timeout of one attempt, 1 ms to 1 minute
 * @param attempts of one look, 1 to 100; half a second between them
 * @param patience for how long to begin serving has to be wanted at each look, zero to 1 hour
 * @param witness a third place that both nodes reach, such as the router between them; any answer of it counts
 */
public record PeerOptions(
        URI peer, Duration period, Duration timeout, int attempts, Duration patience, Optional<URI> witness) {

    public PeerOptions {
        check("period", period, Duration.ofMillis(10), Duration.ofHours(1));
        check("timeout", timeout, Duration.ofMillis(1), Duration.ofMinutes(1));
        check("patience", patience, Duration.ZERO, Duration.ofHours(1));
        if (attempts < 1 || attempts > 100) {
            throw new IllegalArgumentException("peer option attempts is " + attempts + "; it must be 1 to 100");
        }
    }

    private static void check(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "peer option " + name + " is " + value + "; it must be " + least + " to " + most);
        }
    }

    /** Each 5 s, three attempts of 2 s; serving begins after 10 s, without a witness. */
    public static PeerOptions of(URI peer) {
        return new PeerOptions(
                peer, Duration.ofSeconds(5), Duration.ofSeconds(2), 3, Duration.ofSeconds(10), Optional.empty());
    }

    public PeerOptions withPeriod(Duration newPeriod) {
        return new PeerOptions(peer, newPeriod, timeout, attempts, patience, witness);
    }

    public PeerOptions withTimeout(Duration newTimeout) {
        return new PeerOptions(peer, period, newTimeout, attempts, patience, witness);
    }

    public PeerOptions withAttempts(int newAttempts) {
        return new PeerOptions(peer, period, timeout, newAttempts, patience, witness);
    }

    public PeerOptions withPatience(Duration newPatience) {
        return new PeerOptions(peer, period, timeout, attempts, newPatience, witness);
    }

    public PeerOptions withWitness(URI newWitness) {
        return new PeerOptions(peer, period, timeout, attempts, patience, Optional.of(newWitness));
    }
}
