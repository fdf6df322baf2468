package dev.signalbox.server;

import dev.signalbox.router.ClientInfo;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.RouterListener;
import java.util.List;

/** Tells the logics that a client has gone: what they do for it ends with its connection. */
record Departures(List<RouterListener> logics) implements RouterListener {

    @Override
    public void disconnected(ClientInfo client, CloseReason reason) {
        logics.forEach(logic -> logic.disconnected(client, reason));
    }
}
