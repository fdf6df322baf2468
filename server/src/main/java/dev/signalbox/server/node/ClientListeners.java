package dev.signalbox.server.node;

import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.RouterListener;
import dev.signalbox.router.SessionInfo;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tells features which sessions come, go and end. What they do for a session ends with it. Thread-safe. */
final class ClientListeners implements RouterListener {
    private final List<RouterListener> listeners = new CopyOnWriteArrayList<>();

    void add(RouterListener listener) {
        listeners.add(listener);
    }

    @Override
    public void connected(SessionInfo session) {
        listeners.forEach(listener -> listener.connected(session));
    }

    @Override
    public void disconnected(SessionInfo session, CloseReason reason) {
        listeners.forEach(listener -> listener.disconnected(session, reason));
    }

    @Override
    public void ended(Address.Session session) {
        listeners.forEach(listener -> listener.ended(session));
    }
}
