package dev.signalbox.server;

import dev.signalbox.router.ClientInfo;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.RouterListener;
import java.util.Optional;

/** Tells everything that works for a client when that client has gone. */
record Departures(RouterListener sessions, Optional<? extends RouterListener> llm) implements RouterListener {
    @Override
    public void disconnected(ClientInfo client, CloseReason reason) {
        sessions.disconnected(client, reason);
        llm.ifPresent(it -> it.disconnected(client, reason));
    }
}
