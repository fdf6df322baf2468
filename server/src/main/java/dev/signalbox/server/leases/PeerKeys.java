package dev.signalbox.server.leases;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The keys of a node that has only its peer, for {@code ha.store: peer}. */
final class PeerKeys {
    static final Key<URI> URL = Key.optional(
            "ha.peer.url",
            Kind.url(),
            "Where the other node tells how it is, with `ha.store: peer`; of a Signalbox, `https://HOST:PORT/ha/peer`.");
    static final Key<Duration> PERIOD =
            Key.of("ha.peer.period", Kind.duration("10ms", "1h"), "5s", "How often the peer is asked.");
    static final Key<Duration> TIMEOUT =
            Key.of("ha.peer.timeout", Kind.duration("1ms", "1m"), "2s", "How long it may take to answer.");
    static final Key<Integer> ATTEMPTS = Key.of(
            "ha.peer.attempts",
            Kind.whole(1, 100),
            "3",
            "How often it is asked before it counts as silent, with half a second in between.");
    static final Key<Duration> PATIENCE = Key.of(
            "ha.peer.patience",
            Kind.duration("0s", "1h"),
            "10s",
            "How long this node has to be needed before it begins to send; it doubles each time that was in vain.");
    static final Key<URI> WITNESS = Key.optional(
            "ha.peer.witness",
            Kind.url(),
            "A third place, such as the router between the nodes. A node that reaches neither it nor its peer does not"
                    + " send.");
    static final Key<Path> CA_FILE = Key.optional(
            "ha.peer.ca-file",
            Kind.certificates(),
            "The certificates to trust at the peer and the witness, in place of the JVM's.");

    static final List<Key<?>> ALL = List.of(URL, PERIOD, TIMEOUT, ATTEMPTS, PATIENCE, WITNESS, CA_FILE);

    private PeerKeys() {}
}
