package dev.signalbox.testing.contract;

import dev.signalbox.router.ClientInfo;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.RouterListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers how each client was disconnected last. */
final class RecordingListener implements RouterListener {
    private final Map<String, CloseReason> disconnected = new ConcurrentHashMap<>();

    @Override
    public void disconnected(ClientInfo client, CloseReason reason) {
        disconnected.put(client.id(), reason);
    }

    Map<String, CloseReason> disconnected() {
        return disconnected;
    }
}
