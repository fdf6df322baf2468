package dev.signalbox.router;

/** Stands for the last connection of a session that came from another node. It takes nothing. */
record NoConnection(String remoteAddress) implements Connection {
    @Override
    public boolean offer(Message message) {
        return false;
    }

    @Override
    public void close(CloseReason reason) {
        // It is closed.
    }
}
