package dev.signalbox.ha.peer;

/** Hears when the mode changes; called by the thread that looks, and the next look waits for it. */
@FunctionalInterface
public interface PeerListener {
    void changed(Mode mode, Sighting because);
}
