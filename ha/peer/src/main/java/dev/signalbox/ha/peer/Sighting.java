package dev.signalbox.ha.peer;

import java.util.Optional;

/** What one look at the peer showed. */
public sealed interface Sighting {
    /** It answered as a peer does. */
    record Told(PeerStatus status) implements Sighting {}

    /**
     * It did not answer, or not as a peer does. From here, a dead peer and a cut wire look the same.
     *
     * @param reason in words
     * @param witnessed whether a witness answered meanwhile; empty if there is none to ask
     */
    record Silent(String reason, Optional<Boolean> witnessed) implements Sighting {}
}
