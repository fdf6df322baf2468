package dev.signalbox.testing.contract;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.RouterListener;
import dev.signalbox.router.SessionInfo;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers how each client was disconnected last. */
final class RecordingListener implements RouterListener {
    private final Map<String, CloseReason> disconnected = new ConcurrentHashMap<>();

    @Override
    public void disconnected(SessionInfo session, CloseReason reason) {
        disconnected.put(session.user(), reason);
    }

    Map<String, CloseReason> disconnected() {
        return disconnected;
    }
}
