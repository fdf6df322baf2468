package dev.signalbox.server.node;

import dev.signalbox.router.ClientInfo;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.RouterListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tells features which clients come and go. What they do for a client ends with its connection. Thread-safe. */
final class ClientListeners implements RouterListener {
    private final List<RouterListener> listeners = new CopyOnWriteArrayList<>();

    void add(RouterListener listener) {
        listeners.add(listener);
    }

    @Override
    public void connected(ClientInfo client) {
        listeners.forEach(listener -> listener.connected(client));
    }

    @Override
    public void disconnected(ClientInfo client, CloseReason reason) {
        listeners.forEach(listener -> listener.disconnected(client, reason));
    }
}
